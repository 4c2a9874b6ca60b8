import { useLayoutEffect, useEffectEvent } from 'react';
import { createSignal, useSignal } from '../client/signal.ts';

/**
 * Something a person can have done: one list serves the shortcuts, the command palette, the `?` sheet and the desktop's
 * menu. Views offer theirs while they are shown.
 */
export interface Action {
  /** Stable; the desktop's menu and tests use it: `traffic.pause`. */
  id: string;
  title: string;
  /** As in `mod+k`, `j`, `shift+arrowdown`; several may do the same. */
  keys?: readonly string[];
  /** Keys that the view handles itself while its list has the focus: only shown. */
  alsoKeys?: readonly string[];
  run: () => void;
  /** Not in the palette: movements such as `next row`. */
  quiet?: boolean;
  /** Also while a text field has the focus. Shortcuts with mod always do. */
  whileTyping?: boolean;
}

/** Offers, the latest (innermost) first. */
const offers = createSignal<readonly { scope: string; actions: readonly Action[] }[]>([]);

/** Offers actions while the component is there. `scope` heads them in the `?` sheet. */
export function useActions(scope: string, actions: readonly Action[]): void {
  const shape = actions
    .map(({ id, title, keys, alsoKeys }) => `${id} ${title} ${keys?.join(' ') ?? ''} ${alsoKeys?.join(' ') ?? ''}`)
    .join('\n');
  // What is offered does not change with every drawing; what runs is what the component said last.
  const offered = useEffectEvent(() => actions);
  const run = useEffectEvent((id: string) => actions.find((action) => action.id === id)?.run());
  // With the drawing, not after it: what is seen can be used.
  useLayoutEffect(() => {
    const offer = { scope, actions: offered().map((action) => ({ ...action, run: () => run(action.id) })) };
    offers.set([offer, ...offers.get()]);
    return () => offers.set(offers.get().filter((one) => one !== offer));
    // `shape` changes when the list does.
  }, [scope, shape]);
}

export function useOffers(): readonly { scope: string; actions: readonly Action[] }[] {
  return useSignal(offers);
}

export function allActions(): Action[] {
  return offers.get().flatMap(({ actions }) => actions);
}

/** Runs an action by its id; false when nobody offers it now. */
export function runAction(id: string): boolean {
  const action = allActions().find((one) => one.id === id);
  action?.run();
  return action !== undefined;
}
