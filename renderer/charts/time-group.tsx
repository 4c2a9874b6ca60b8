import { createContext, useContext, useMemo } from 'react';
import type { ReactNode } from 'react';
import { createSignal } from '../client/signal.ts';
import type { Signal } from '../client/signal.ts';
import type { TimeSteps } from './time-scale.ts';

/** What the charts of one screen share. Outside React's state, so that a moving pointer draws nothing anew. */
export interface TimeGroupState {
  steps: TimeSteps;
  /** The step under the crosshair. */
  cursor: Signal<number | null>;
  /** The steps being selected, both ends included. */
  brush: Signal<readonly [number, number] | null>;
  /** A span was selected: the screen shows that span. */
  onSelect: (since: number, until: number) => void;
  /** A step was opened: its calls are shown. */
  onOpen: (since: number, until: number) => void;
}

const GroupContext = createContext<TimeGroupState | null>(null);

/** Charts inside share one crosshair and one brush. */
export function TimeGroup({
  steps,
  onSelect,
  onOpen,
  children,
}: Pick<TimeGroupState, 'steps' | 'onSelect' | 'onOpen'> & { children: ReactNode }): ReactNode {
  const signals = useMemo(
    () => ({
      cursor: createSignal<number | null>(null),
      brush: createSignal<readonly [number, number] | null>(null),
    }),
    [],
  );
  return <GroupContext value={{ steps, onSelect, onOpen, ...signals }}>{children}</GroupContext>;
}

export function useTimeGroup(): TimeGroupState {
  const group = useContext(GroupContext);
  if (!group) throw new Error('A time chart stands in a TimeGroup.');
  return group;
}
