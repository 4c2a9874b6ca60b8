import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { MouseEvent, ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { formatCount } from '../../shared/format/quantities.ts';
import { useApi } from '../client/api-context.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Late } from '../ui/late.tsx';
import { words } from '../words/index.ts';
import { countBy } from './count-by.ts';
import type { Counted } from './count-by.ts';
import { CodeLink, PlaceName } from './code-link.tsx';
import { readCallsite, shortPath } from './code-place.ts';
import { termFor } from './terms.ts';
import './called-from.css';

const says = words.callers;
/** Packages, and places of each, at most. */
const MOST = 40;
/** How often it is counted again. */
const AGAIN_MS = 4000;
/** With so many packages or fewer, their places are shown at once. */
const FEW = 4;

export interface CalledFromProps {
  /** The filter of the calls that are grouped; '' for all. */
  query: string;
  bounds: () => { since: number; until: number };
  /** Names the bounds: counted anew when it changes. */
  about: string;
  /** Whether time goes on. */
  live?: boolean;
  /** Where a place's calls are shown; or what a click does, with Alt to hide them. */
  hrefOf?: (term: string) => string;
  onTerm?: (term: string) => void;
}

/** Which code makes calls: packages, and in each the places of the program's own code, by calls and errors. */
export function CalledFrom(props: CalledFromProps): ReactNode {
  const { query, bounds, about, live = true } = props;
  const { data, error } = useCounted('package', query, bounds, about, live);
  const [turned, setTurned] = useState<ReadonlySet<string | null>>(new Set());
  if (error) return <p className="called-note">{`${says.failed}: ${error.message}`}</p>;
  if (!data) {
    return (
      <Late>
        <p className="called-note dim">{says.counting}</p>
      </Late>
    );
  }
  if (data.values.length === 0) {
    return (
      <div className="called-none">
        <strong>{says.noneTitle}</strong>
        <p className="dim">{says.noneSays}</p>
        <p className="called-command">
          <code>{says.noneCommand}</code>
          <CopyButton text={says.noneCommand} />
        </p>
      </div>
    );
  }
  const most = data.values.reduce((high, { calls }) => Math.max(high, calls), 1);
  const openAtFirst = data.values.length <= FEW;
  return (
    <div className="called" role="group" aria-label={says.calledFromList}>
      <div className="called-head" aria-hidden>
        <span>{says.place}</span>
        <span>{says.calls}</span>
        <span>{says.errors}</span>
      </div>
      <ul>
        {data.values.map((group) => {
          const { value } = group;
          const name = value ?? says.ownCode;
          const open = openAtFirst !== turned.has(value);
          return (
            <li key={value ?? ''}>
              <div className="called-line">
                <Bar of={group} most={most} />
                <button
                  type="button"
                  className="called-turn"
                  aria-expanded={open}
                  aria-label={open ? says.shut(name) : says.open(name)}
                  onClick={() => {
                    const next = new Set(turned);
                    if (!next.delete(value)) next.add(value);
                    setTurned(next);
                  }}
                >
                  <ChevronRight size={13} aria-hidden />
                </button>
                <Pick {...props} term={groupTerm(value)} name={name} title={value === null ? says.ownCodeTip : name}>
                  <span className={`called-package ellipsis${value === null ? ' called-own' : ''}`}>{name}</span>
                </Pick>
                <Figures of={group} />
              </div>
              {open && <Places {...props} of={value} most={most} />}
            </li>
          );
        })}
      </ul>
      {data.others > 0 && <p className="called-note dim">{says.others(data.others)}</p>}
      {data.unknown > 0 && <p className="called-note dim">{says.unknown(data.unknown)}</p>}
      {!data.complete && <p className="called-note dim">{says.newest(data.counted)}</p>}
    </div>
  );
}

/** The places in own code from which a package is used, or calls are made without one. */
function Places({ of, most, ...props }: CalledFromProps & { of: string | null; most: number }): ReactNode {
  const { query, bounds, about, live = true } = props;
  const term = groupTerm(of);
  const { data } = useCounted('callsite', query === '' ? term : `${query} ${term}`, bounds, about, live);
  if (!data) return null;
  return (
    <ul className="called-places">
      {data.values.map((group) => {
        const place = group.value === null ? null : readCallsite(group.value);
        const name = place ? `${shortPath(place.file)}:${place.line}` : (group.value ?? says.noPlace);
        return (
          <li key={group.value ?? ''} className="called-line">
            <Bar of={group} most={most} />
            <Pick
              {...props}
              term={
                of === null && group.value !== null
                  ? termFor('callsite', group.value)
                  : `${term} ${termFor('callsite', group.value)}`
              }
              name={name}
              title={group.value ?? name}
            >
              {place ? (
                <PlaceName path={shortPath(place.file)} line={place.line} />
              ) : (
                <span className="ellipsis dim">{name}</span>
              )}
            </Pick>
            {place && (
              <span className="called-open">
                <CodeLink place={place}>{says.edit}</CodeLink>
              </span>
            )}
            <Figures of={group} />
          </li>
        );
      })}
    </ul>
  );
}

function Pick({
  term,
  name,
  title,
  hrefOf,
  onTerm,
  children,
}: Pick<CalledFromProps, 'hrefOf' | 'onTerm'> & {
  term: string;
  name: string;
  title: string;
  children: ReactNode;
}): ReactNode {
  if (hrefOf)
    return (
      <a className="called-pick" href={hrefOf(term)} aria-label={name} title={title}>
        {children}
      </a>
    );
  return (
    <button
      type="button"
      className="called-pick"
      aria-label={name}
      title={`${title}\n${says.only(name)}`}
      onClick={(event: MouseEvent) => onTerm?.(event.altKey ? negated(term) : term)}
    >
      {children}
    </button>
  );
}

/** The filter of a package's calls; of own code: those with a place in code and no package. */
function groupTerm(name: string | null): string {
  return name === null ? `callsite:* ${termFor('package', null)}` : termFor('package', name);
}

/** The filter that hides what the other keeps. */
function negated(term: string): string {
  if (/^not \S+$/.test(term)) return term.slice('not '.length);
  return term.includes(' ') ? `-(${term})` : `-${term}`;
}

function Bar({ of: { calls }, most }: { of: Counted; most: number }): ReactNode {
  return <span className="called-bar" style={{ width: `calc((100% - 102px) * ${calls / most})` }} aria-hidden />;
}

function Figures({ of: { calls, errors } }: { of: Counted }): ReactNode {
  return (
    <>
      <span className="called-calls">{formatCount(calls)}</span>
      <span className={errors === 0 ? 'called-errors called-well' : 'called-errors'}>{formatCount(errors)}</span>
    </>
  );
}

function useCounted(
  field: 'package' | 'callsite',
  query: string,
  bounds: CalledFromProps['bounds'],
  about: string,
  live: boolean,
) {
  const api = useApi();
  return useQuery({
    queryKey: ['called-from', field, query, about],
    queryFn: ({ signal }) => countBy(api, field, query, bounds(), MOST, signal),
    placeholderData: keepPreviousData,
    refetchInterval: live ? AGAIN_MS : false,
  });
}
