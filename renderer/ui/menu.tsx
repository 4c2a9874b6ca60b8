import { ContextMenu } from '@base-ui/react/context-menu';
import { Menu } from '@base-ui/react/menu';
import { Check, ChevronRight } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Keys } from './keys.tsx';
import './floating.css';

/** One line of a menu; a string is a heading, `null` a line between groups. */
export type MenuEntry =
  | null
  | string
  | {
      title: ReactNode;
      icon?: LucideIcon;
      keys?: string;
      danger?: boolean;
      disabled?: boolean;
      /** Shown as switched on or off; the menu stays open. */
      checked?: boolean;
      run?: () => void;
      /** A menu beside this one instead of `run`. */
      more?: readonly MenuEntry[];
    };

/** A button that opens a menu. */
export function MenuButton({
  trigger,
  entries,
  align = 'start',
}: {
  trigger: ReactElement<Record<string, unknown>>;
  entries: readonly MenuEntry[];
  align?: 'start' | 'center' | 'end';
}): ReactNode {
  return (
    <Menu.Root>
      <Menu.Trigger render={trigger} />
      <Menu.Portal>
        <Menu.Positioner align={align} sideOffset={4} className="floating-positioner">
          <Menu.Popup className="menu">{entries.map(drawEntry)}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Everything inside has a menu under the right mouse button (and the menu key). `entries` is asked when it opens. */
export function WithContextMenu({
  entries,
  children,
  onOpenChange,
}: {
  entries: readonly MenuEntry[];
  children: ReactElement<Record<string, unknown>>;
  onOpenChange?: (open: boolean) => void;
}): ReactNode {
  return (
    <ContextMenu.Root {...(onOpenChange && { onOpenChange: (open: boolean) => onOpenChange(open) })}>
      <ContextMenu.Trigger render={children} />
      <ContextMenu.Portal>
        <ContextMenu.Positioner className="floating-positioner">
          <ContextMenu.Popup className="menu">{entries.map(drawEntry)}</ContextMenu.Popup>
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function drawEntry(entry: MenuEntry, index: number): ReactNode {
  if (entry === null) return <Menu.Separator key={index} className="menu-line" />;
  if (typeof entry === 'string') {
    return (
      <div key={index} className="menu-label" role="presentation">
        {entry}
      </div>
    );
  }
  const { title, icon: Icon, keys, danger, disabled = false, checked, run, more } = entry;
  const className = danger === true ? 'menu-item menu-item-danger' : 'menu-item';
  const inside = (
    <>
      <span className="menu-item-mark">
        {checked === true ? <Check size={14} aria-hidden /> : Icon && <Icon size={14} aria-hidden />}
      </span>
      {title}
      {keys !== undefined && <Keys of={keys} />}
    </>
  );
  if (more) {
    return (
      <Menu.SubmenuRoot key={index}>
        <Menu.SubmenuTrigger className={className} disabled={disabled}>
          {inside}
          <ChevronRight size={14} aria-hidden className="menu-item-more" />
        </Menu.SubmenuTrigger>
        <Menu.Portal>
          <Menu.Positioner className="floating-positioner" sideOffset={2}>
            <Menu.Popup className="menu">{more.map(drawEntry)}</Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.SubmenuRoot>
    );
  }
  if (checked !== undefined) {
    return (
      <Menu.CheckboxItem
        key={index}
        className={className}
        checked={checked}
        disabled={disabled}
        onCheckedChange={() => run?.()}
      >
        {inside}
      </Menu.CheckboxItem>
    );
  }
  return (
    <Menu.Item key={index} className={className} disabled={disabled} onClick={() => run?.()}>
      {inside}
    </Menu.Item>
  );
}
