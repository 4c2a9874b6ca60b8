import { Group, Panel, Separator } from 'react-resizable-panels';
import type { ReactNode } from 'react';
import './split.css';

/** Two panels with a border that can be dragged (and moved with the arrow keys). */
export function Split({
  direction = 'horizontal',
  first,
  second,
  share = 60,
  onShare,
}: {
  direction?: 'horizontal' | 'vertical';
  first: ReactNode;
  /** Null: the first has all the room. */
  second: ReactNode | null;
  /** Per cent that the first one has. */
  share?: number;
  onShare?: (share: number) => void;
}): ReactNode {
  return (
    <Group
      orientation={direction}
      className="split"
      onLayoutChanged={(layout: Record<string, number>) => {
        const now = layout['first'];
        if (second !== null && now !== undefined && Math.abs(now - share) > 0.5) onShare?.(now);
      }}
    >
      <Panel id="first" defaultSize={`${second === null ? 100 : share}%`} minSize="20%" className="split-panel">
        {first}
      </Panel>
      {second !== null && <Separator className={`split-border split-border-${direction}`} />}
      {second !== null && (
        <Panel id="second" defaultSize={`${100 - share}%`} minSize="20%" className="split-panel">
          {second}
        </Panel>
      )}
    </Group>
  );
}
