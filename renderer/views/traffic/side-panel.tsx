import type { ReactNode } from 'react';
import { CalledFrom } from '../../callers/called-from.tsx';
import { words } from '../../words/index.ts';
import { Facets } from './facets.tsx';
import './facets.css';

const { facetPanel: says } = words;

/** What can stand beside the list. */
export const SIDES = ['common', 'callers'] as const;
export type Side = (typeof SIDES)[number];

/** Beside the list: what the calls have in common, or which code they come from. Both filter by click. */
export function SidePanel({
  side,
  onSide,
  query,
  since,
  until,
  onTerm,
}: {
  side: Side;
  onSide: (side: Side) => void;
  query: string;
  since: number;
  /** Null: until now, going on. */
  until: number | null;
  onTerm: (term: string) => void;
}): ReactNode {
  const titles: Readonly<Record<Side, string>> = { common: says.title, callers: says.callers };
  return (
    <aside className="facets" data-side={side} aria-label={titles[side]}>
      <div className="facets-sides" role="group" aria-label={says.sides}>
        {SIDES.map((one) => (
          <button key={one} type="button" aria-pressed={one === side} onClick={() => onSide(one)}>
            {titles[one]}
          </button>
        ))}
      </div>
      {side === 'common' ? (
        <Facets query={query} since={since} until={until} onTerm={onTerm} />
      ) : (
        <div className="facets-callers">
          <CalledFrom
            query={query}
            bounds={() => ({ since, until: until ?? Date.now() * 1000 + 1_000_000 })}
            about={`${since}-${until}`}
            live={until === null}
            onTerm={onTerm}
          />
        </div>
      )}
    </aside>
  );
}
