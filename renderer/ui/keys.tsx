import type { ReactNode } from 'react';
import './keys.css';

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Readonly<Record<string, string>> = MAC
  ? { mod: '⌘', alt: '⌥', shift: '⇧', ctrl: '⌃', enter: '↵', escape: 'esc', backspace: '⌫', delete: '⌦' }
  : {
      mod: 'Ctrl',
      alt: 'Alt',
      shift: 'Shift',
      ctrl: 'Ctrl',
      enter: 'Enter',
      escape: 'Esc',
      backspace: 'Backspace',
      delete: 'Del',
    };

const ARROWS: Readonly<Record<string, string>> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
};

/** A shortcut as this system writes it: `mod+shift+k` → `Ctrl Shift K`. */
export function keyNames(keys: string): string[] {
  return keys.split('+').map((key) => NAMES[key] ?? ARROWS[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

export function Keys({ of }: { of: string }): ReactNode {
  return (
    <span className="keys">
      {keyNames(of).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

/**
 * Whether an event is this shortcut. `mod` is Command on a Mac and Control elsewhere. Letters are compared by what they
 * type, so that shortcuts follow the keyboard's layout.
 */
export function matchesKeys(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const mod = parts.includes('mod');
  const wanted = {
    ctrl: parts.includes('ctrl') || (mod && !MAC),
    meta: mod && MAC,
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  };
  const typed = event.key.toLowerCase();
  // `?` is Shift and something on most keyboards: what counts is what was typed.
  const shiftMatters = key.length > 1 || /[a-z0-9]/.test(key);
  return (
    typed === key &&
    event.ctrlKey === wanted.ctrl &&
    event.metaKey === wanted.meta &&
    event.altKey === wanted.alt &&
    (!shiftMatters || event.shiftKey === wanted.shift)
  );
}
