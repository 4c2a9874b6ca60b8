import { applyChanges, setInItem } from './item-edit.ts';
import { findItems, itemNamed } from './policy-items.ts';

/** The file with one policy in another mode; null where it is written in a way that cannot be changed so. */
export function withMode(text: string, id: string, mode: string): string | null {
  const item = itemNamed(text, id);
  const changes = item && setInItem(text.slice(item.from, item.to), ['mode'], mode);
  if (!item || !changes) return null;
  return `${text.slice(0, item.from)}${applyChanges(text.slice(item.from, item.to), changes)}${text.slice(item.to)}`;
}

/** The file without one policy; null where it cannot be found by its lines. */
export function removedText(text: string, id: string): string | null {
  const items = findItems(text);
  const at = items.findIndex((item) => item.id === id);
  const item = items[at];
  if (!item) return null;
  const rest = text.slice(item.to).replace(/^[ \t]*\n(?:[ \t]*\n)*/, '');
  if (items.length === 1) return `${text.slice(0, item.from)}${rest}`.replace(/^policies:[ \t]*\n/m, 'policies: []\n');
  return `${text.slice(0, item.from)}${rest}`;
}
