import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';
import './dialog.css';

/** Asks before something that cannot be undone; everything else has an undo instead. */
export function Confirm({
  open,
  title,
  says,
  action,
  look = 'danger',
  wide = false,
  disabled = false,
  onAnswer,
}: {
  open: boolean;
  title: string;
  says: ReactNode;
  /** A verb: what the button does. */
  action: string;
  look?: 'danger' | 'primary';
  /** With room for a difference. */
  wide?: boolean;
  disabled?: boolean;
  onAnswer: (yes: boolean) => void;
}): ReactNode {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next: boolean) => next || onAnswer(false)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Popup className={wide ? 'dialog dialog-medium' : 'dialog dialog-small'}>
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div className="dialog-says" />}>{says}</AlertDialog.Description>
          <div className="dialog-buttons">
            <Button onClick={() => onAnswer(false)}>{words.general.cancel}</Button>
            <Button look={look} disabled={disabled} onClick={() => onAnswer(true)}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Something that floats above the view and is left with Esc. */
export function Dialog({
  open,
  onClose,
  title,
  wide = false,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  wide?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next: boolean) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className={wide ? 'dialog dialog-wide' : 'dialog'}>
          <div className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <Base.Close className="button button-quiet button-icon" aria-label={words.general.close}>
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
