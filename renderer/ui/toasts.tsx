import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { words } from '../words/index.ts';
import './toasts.css';

const manager = Toast.createToastManager();

/** Says something that happened, with what to do about it; an `undo` belongs here. */
export function toast(title: string, more: { says?: string; action?: { title: string; run: () => void } } = {}): void {
  const { says, action } = more;
  manager.add({
    title,
    ...(says !== undefined && { description: says }),
    ...(action && { actionProps: { children: action.title, onClick: action.run } }),
    timeout: action ? 10_000 : 5_000,
  });
}

/** Where toasts appear; one for the whole page. */
export function Toasts(): ReactNode {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((one) => (
    <Toast.Root key={one.id} toast={one} className="toast">
      <Toast.Content className="toast-content">
        <div>
          <Toast.Title className="toast-title" />
          <Toast.Description className="dim" />
        </div>
        <Toast.Action className="button" />
        <Toast.Close className="button button-quiet button-icon" aria-label={words.general.close}>
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
