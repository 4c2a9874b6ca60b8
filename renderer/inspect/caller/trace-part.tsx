import '../../ui/chips.css';
import type { ReactNode } from 'react';
import type { Call } from '../../../shared/model/call.ts';
import { tagTerm, termFor } from '../../callers/terms.ts';
import { linkTo } from '../../data/location.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { words } from '../../words/index.ts';
import { Facts } from '../facts.tsx';

const say = words.caller;

/** The trace the call is a part of, and what the program said of it. */
export function TracePart({ call }: { call: Call }): ReactNode {
  const { traceId, spanId } = call;
  const tags = Object.entries(call.tags);
  return (
    <>
      {traceId !== null && (
        <section aria-label={say.trace}>
          <h2 className="call-heading">{say.trace}</h2>
          <Facts
            facts={[
              [
                say.traceId,
                <span key="t" className="caller-pid">
                  <span className="mono">{traceId}</span>
                  <CopyButton text={traceId} label={say.copyTrace} />
                  <a href={linkTo('traffic', { filter: termFor('trace', traceId) })}>{say.allOfTrace}</a>
                </span>,
              ],
              spanId === null
                ? null
                : [
                    say.spanId,
                    <span key="s" className="mono">
                      {spanId}
                    </span>,
                  ],
            ]}
          />
        </section>
      )}
      {tags.length > 0 && (
        <section aria-label={say.tags}>
          <h2 className="call-heading">{say.tags}</h2>
          <ul className="chips">
            {tags.map(([name, value]) => (
              <li key={name}>
                <a
                  href={linkTo('traffic', { filter: tagTerm(name, value) })}
                  title={say.allWithTag(`${name}=${value}`)}
                >
                  <span className="dim">{name}</span> {value}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
