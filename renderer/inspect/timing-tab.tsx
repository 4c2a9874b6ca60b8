import type { ReactNode } from 'react';
import type { Call } from '../../shared/model/call.ts';
import { words } from '../words/index.ts';
import { Waterfall } from './waterfall.tsx';

const say = words.inspect.timing;

export function TimingTab({ call }: { call: Call }): ReactNode {
  const notes = timingNotes(call);
  return (
    <div className="call-page">
      <Waterfall call={call} full />
      {notes.length > 0 && (
        <ul className="call-remarks">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What the figures do not say. */
function timingNotes(call: Call): string[] {
  const { attempts } = call;
  const last = attempts.at(-1);
  if (!last) return [say.nothing];
  return [
    ...(call.kind === 'tunnel' ? [say.unread] : []),
    ...(last.reused ? [say.reused] : last.dnsUs === null ? [say.dnsUnknown] : []),
    ...(call.kind !== 'tunnel' && call.timeToFirstByteUs !== null ? [say.splitUnknown] : []),
    ...(call.state === 'open' ? [say.stillOpen] : []),
  ];
}
