import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import './tabs.css';

export interface Tab<Id extends string> {
  id: Id;
  title: ReactNode;
  /** A figure beside the title, in a dimmer weight. */
  count?: number;
}

/** Tabs over one panel; which tab is open is the owner's state. The panel of the open tab alone is mounted. */
export function Tabs<Id extends string>({
  tabs,
  open,
  onOpen,
  label,
  after,
  children,
}: {
  tabs: readonly Tab<Id>[];
  open: Id;
  onOpen: (id: Id) => void;
  label: string;
  /** What stands at the right end of the bar. */
  after?: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <Base.Root className="tabs" value={open} onValueChange={(value: Id) => onOpen(value)}>
      <div className="tabs-bar">
        <Base.List className="tabs-list" aria-label={label}>
          {tabs.map(({ id, title, count }) => (
            <Base.Tab key={id} value={id} className="tabs-tab">
              {title}
              {count !== undefined && <span className="unit">{count}</span>}
            </Base.Tab>
          ))}
          <Base.Indicator className="tabs-indicator" />
        </Base.List>
        {after}
      </div>
      <Base.Panel value={open} className="tabs-panel">
        {children}
      </Base.Panel>
    </Base.Root>
  );
}
