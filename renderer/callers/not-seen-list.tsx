import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { NotSeen } from '../../shared/contract/coverage.ts';
import { formatCount } from '../../shared/format/quantities.ts';
import { ageText } from '../data/age.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { appMark } from './app-mark.tsx';
import { runtimeOf } from './runtime.ts';
import './not-seen-list.css';

const says = words.callers.notSeen;
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Connections that were not seen, by program and remote host; each opens to why, and how to capture it. */
export function NotSeenList({
  list,
  more,
  compact = false,
}: {
  list: readonly NotSeen[];
  more: boolean;
  /** Of one app, in a narrow panel. */
  compact?: boolean;
}): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  const [now] = useState(() => Date.now() * 1000);
  const first = list[0];
  // The first one shows what a line opens to.
  const opened = open ?? (compact || !first ? '' : keyOf(first));
  return (
    <div className="not-seen" data-compact={compact || undefined}>
      <div className="not-seen-head" aria-hidden>
        <span>{says.process}</span>
        <span>{says.host}</span>
        <span>{says.why}</span>
        <span>{says.connections}</span>
        <span>{says.first}</span>
        <span>{says.last}</span>
      </div>
      <ul aria-label={says.list}>
        {list.map((one) => {
          const key = keyOf(one);
          return (
            <li key={key}>
              <button
                type="button"
                className="not-seen-line"
                aria-expanded={opened === key}
                onClick={() => setOpen(opened === key ? '' : key)}
              >
                <span className="not-seen-program">
                  <ChevronRight size={13} aria-hidden className="not-seen-turn" />
                  {appMark(one.app ?? one.process, runtimeOf({ name: one.process, command: one.command }))}
                  <span className="ellipsis">
                    {compact ? one.process : (one.app ?? one.process)}
                    {!compact && one.app !== null && one.app !== one.process && (
                      <span className="dim"> {one.process}</span>
                    )}
                    {!compact && one.pid !== null && <span className="unit"> {says.pid(one.pid)}</span>}
                  </span>
                </span>
                <span className="not-seen-host ellipsis" title={`${one.address}:${one.port}`}>
                  {one.host}
                  <span className="unit">:{one.port}</span>
                </span>
                <span className="not-seen-reason" data-reason={one.reason}>
                  {says.reason[one.reason]}
                </span>
                <span className="numeric">{formatCount(one.connections)}</span>
                <span className="numeric dim" title={WHEN.format(one.firstSeen / 1000)}>
                  {ageText(one.firstSeen, now)}
                </span>
                <span className="numeric dim" title={WHEN.format(one.lastSeen / 1000)}>
                  {ageText(one.lastSeen, now)}
                </span>
              </button>
              {opened === key && <More one={one} />}
            </li>
          );
        })}
      </ul>
      {more && <p className="not-seen-more dim">{says.more}</p>}
    </div>
  );
}

const keyOf = ({ process, address, port, reason, app }: NotSeen): string =>
  `${app ?? ''} ${process} ${address} ${port} ${reason}`;

function More({ one: { why, remedy, command } }: { one: NotSeen }): ReactNode {
  const lines = [...remedy.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? '');
  return (
    <div className="not-seen-says">
      <p>{why}</p>
      <p>
        <strong>{says.remedy}:</strong> <Coded text={remedy} />{' '}
        {lines.length === 0 && <CopyButton text={remedy} label={says.copyRemedy} />}
      </p>
      {lines.map((line) => (
        <p key={line} className="not-seen-copy">
          <code>{line}</code>
          <CopyButton text={line} label={says.copyRemedy} />
        </p>
      ))}
      {command !== null && <p className="mono dim not-seen-command">{command}</p>}
    </div>
  );
}

/** Text with `code` in it. */
function Coded({ text }: { text: string }): ReactNode {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
