import type { ReactNode, Ref } from 'react';
import { changePlace } from '../../data/location.ts';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';

const says = words.map;

/** Finds within the map: what has the words is marked, Enter goes from one to the next. */
export function FindField({
  ref,
  value,
  at,
  count,
  onNext,
}: {
  ref: Ref<HTMLInputElement>;
  value: string;
  at: number;
  count: number;
  onNext: (back: boolean) => void;
}): ReactNode {
  return (
    <div className="map-find">
      <TextField
        ref={ref}
        aria-label={says.find}
        placeholder={says.findHint}
        value={value}
        onChange={(event) => changePlace({ find: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onNext(event.shiftKey);
          else if (event.key === 'Escape' && value !== '') changePlace({ find: undefined });
          else if (event.key === 'Escape') event.currentTarget.blur();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {value !== '' && (
        <span className="map-find-count" role="status">
          {says.found(at, count)}
        </span>
      )}
    </div>
  );
}
