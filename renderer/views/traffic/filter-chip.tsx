import { X } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { splitChip } from './filter-text.ts';

/** One accepted part of the filter: a click takes it back into the text, the cross takes it away. */
export function FilterChip({
  part,
  onEdit,
  onRemove,
  onKeyDown,
  onCopy,
}: {
  part: string;
  onEdit: () => void;
  onRemove: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onCopy: () => void;
}): ReactNode {
  const { not, name, rest } = splitChip(part);
  return (
    <span className="chip" data-not={not !== '' || undefined}>
      <button
        type="button"
        className="chip-text"
        tabIndex={-1}
        aria-label={words.filterBar.edit(part)}
        title={part}
        onClick={onEdit}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
      >
        {not !== '' && <span className="chip-not">{not}</span>}
        {name !== '' && <span className="chip-name">{name}</span>}
        {rest}
      </button>
      <button
        type="button"
        className="chip-remove"
        tabIndex={-1}
        aria-label={words.filterBar.remove(part)}
        onClick={onRemove}
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
