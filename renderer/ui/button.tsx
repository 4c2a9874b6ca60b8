import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Tip } from './tip.tsx';
import './button.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one next action of a screen; `quiet`: no border until it is pointed at; `danger`: cannot be undone. */
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
  icon?: LucideIcon;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'plain', icon: Icon, children, className = '', ...rest }: ButtonProps): ReactNode {
  return (
    <button type="button" className={`button button-${look} ${className}`} {...rest}>
      {Icon && <Icon size={14} aria-hidden />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  icon: LucideIcon;
  /** What it does: the name for screen readers, and the tooltip. */
  label: string;
  /** Its shortcut, as in `mod+k`. */
  keys?: string;
  pressed?: boolean;
}

/** A button that is only an icon; its label shows when it is pointed at. */
export function IconButton({ icon: Icon, label, keys, pressed, className = '', ...rest }: IconButtonProps): ReactNode {
  return (
    <Tip text={label} {...(keys !== undefined && { keys })}>
      <button
        type="button"
        className={`button button-quiet button-icon ${className}`}
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
      >
        <Icon size={16} aria-hidden />
      </button>
    </Tip>
  );
}
