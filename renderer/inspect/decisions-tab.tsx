import { Ban, Check, Hand, Hourglass, Scissors } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatMoney } from '../../shared/format/money.ts';
import { formatCount, formatDuration, formatSize } from '../../shared/format/quantities.ts';
import type { Call } from '../../shared/model/call.ts';
import type { Decision, DecisionNumbers } from '../../shared/model/policy.ts';
import { linkTo } from '../data/location.ts';
import { words } from '../words/index.ts';
import { Facts } from './facts.tsx';
import { Timestamp } from './timestamp.tsx';
import './decisions-tab.css';

const say = words.inspect.decisions;
const ICONS: Readonly<Record<string, LucideIcon>> = {
  allow: Check,
  wait: Hourglass,
  ask: Hand,
  deny: Ban,
  cut: Scissors,
};

/** What policies said of the call: first what they did, then what those that observe would have done, then who let it go. */
export function DecisionsTab({ call: { decisions } }: { call: Call }): ReactNode {
  const would = decisions.filter(({ verdict }) => verdict.startsWith('would-'));
  const let_ = decisions.filter(({ verdict }) => verdict === 'allow');
  const acted = decisions.filter((one) => !would.includes(one) && !let_.includes(one));
  const took = decisions.find(({ tookUs }) => tookUs !== null)?.tookUs ?? null;
  return (
    <div className="call-page">
      <Part title={say.acted} decisions={acted} />
      <Part title={say.would} decisions={would} says={say.wouldSays} />
      <Part title={say.let} decisions={let_} />
      {took !== null && <p className="dim decision-took">{say.took(formatDuration(Math.round(took)))}</p>}
    </div>
  );
}

function Part({ title, says, decisions }: { title: string; says?: string; decisions: readonly Decision[] }): ReactNode {
  if (decisions.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="call-heading">{title}</h2>
      {says !== undefined && <p className="dim decision-note">{says}</p>}
      <ul className="decision-list">
        {decisions.map((decision, index) => (
          <OneDecision key={`${decision.policy} ${index}`} decision={decision} />
        ))}
      </ul>
    </section>
  );
}

function OneDecision({
  decision: { policy, verdict, sentence, kind, mode, version, numbers, owner },
}: {
  decision: Decision;
}): ReactNode {
  const would = verdict.startsWith('would-');
  const word = verdict.replace(/^would-/, '');
  const Icon = ICONS[word];
  return (
    <li className="decision" data-verdict={word} data-would={would || undefined}>
      <p className="decision-head">
        <span className="decision-verdict">
          {Icon && <Icon size={14} aria-hidden />}
          {say.verdict[verdict] ?? verdict}
        </span>
        {kind === null ? (
          // Of before policies were written in a file: there is nothing to open.
          <span className="decision-policy">{policy}</span>
        ) : (
          <a className="decision-policy" href={linkTo('policies', { policy })} title={say.open(policy)}>
            {policy}
          </a>
        )}
        <span className="dim decision-mode">
          {[
            ...(kind === null ? [] : [words.policies.kind[kind]]),
            ...(mode === null ? [] : [say.mode[mode]]),
            ...(version === null ? [] : [say.version(version)]),
          ].join(' · ')}
        </span>
      </p>
      <p className="decision-says">{sentence}</p>
      {(numbers !== null || owner !== null) && (
        <Facts
          facts={[
            ...(numbers === null ? [] : numberFacts(numbers, would)),
            owner === null ? null : ([say.fact.owner, owner] as const),
          ]}
        />
      )}
    </li>
  );
}

function numberFacts(
  { key, unit, limit, used, remaining, resetAt, waitUs, retryAt }: DecisionNumbers,
  would: boolean,
): readonly (readonly [string, ReactNode] | null)[] {
  const { fact } = say;
  const amount = (value: number): string =>
    unit === 'nano-dollars'
      ? formatMoney(value)
      : unit === 'bytes'
        ? formatSize(value)
        : `${formatCount(Math.round(value))} ${say.unit[unit]}`;
  return [
    [fact.key, key === '' ? say.everyone : <span className="mono">{key}</span>],
    limit === null ? null : [fact.limit, amount(limit)],
    used === null ? null : [fact.used, amount(used)],
    remaining === null ? null : [fact.remaining, amount(remaining)],
    waitUs === null || waitUs === 0 ? null : [would ? fact.wouldWait : fact.wait, formatDuration(waitUs)],
    resetAt === null ? null : [fact.reset, <Timestamp key="reset" at={resetAt} />],
    retryAt === null ? null : [fact.retry, <Timestamp key="retry" at={retryAt} />],
  ];
}
