import { useEffect } from 'react';
import type { ReactNode } from 'react';
import type { QueryError } from '../../../shared/query/parse.ts';
import { Button } from '../../ui/button.tsx';
import { words } from '../../words/index.ts';

const { filterBar: says } = words;

export interface Line {
  key: string;
  group: string;
  title: string;
  says: string;
  run: () => void;
}

/** What could be typed on, and what is wrong with what was typed. */
export function Suggestions({
  id,
  lines,
  at,
  onAt,
  wrong,
  onInstead,
}: {
  id: string;
  lines: readonly Line[];
  at: number;
  onAt: (at: number) => void;
  wrong: QueryError | null;
  onInstead: (text: string) => void;
}): ReactNode {
  useEffect(() => {
    if (at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, at]);
  const instead = wrong?.suggestion ?? null;
  return (
    <div className="suggestions" hidden={lines.length === 0 && wrong === null}>
      {wrong && (
        <p id={`${id}-wrong`} className="suggestions-wrong" role="alert">
          <span>{sentence(wrong.message)}</span>
          {instead !== null && (
            <Button onPointerDown={(event) => event.preventDefault()} onClick={() => onInstead(instead)}>
              {says.instead(instead)}
            </Button>
          )}
        </p>
      )}
      <div id={id} role="listbox" aria-label={says.suggestions} tabIndex={-1} className="suggestions-list">
        {lines.map((line, index) => (
          <div key={line.key} role="presentation">
            {line.group !== lines[index - 1]?.group && <div className="menu-label">{line.group}</div>}
            {/* Chosen with the keyboard through the field above. */}
            <div
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="suggestion"
              onPointerMove={() => onAt(index)}
              // The text keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={line.run}
              onKeyDown={() => {}}
            >
              <span className="suggestion-title ellipsis">{line.title}</span>
              {line.says !== '' && <span className="dim ellipsis">{line.says}</span>}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(':') ? '?' : text.endsWith('.') ? '' : '.'}`;
}
