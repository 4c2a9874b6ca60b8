import type { ReactNode } from 'react';
import type { Coverage } from '../../../shared/contract/coverage.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { linkTo } from '../../data/location.ts';
import { words } from '../../words/index.ts';

const says = words.coverage.parts;

/** What the number is made of. Parts that are nought and rarely are not are left out. */
export function Parts({ parts }: { parts: Coverage['parts'] }): ReactNode {
  const tunnels = linkTo('traffic', { filter: 'kind:tunnel' });
  const lines: { id: string; title: string; count: number; text: string; href?: string; always?: true }[] = [
    { id: 'seen', title: says.seen.title, count: parts.seen, text: says.seen.says, href: linkTo('traffic'), always: true },
    { id: 'around', title: says.around.title, count: parts.around, text: says.around.says, always: true },
    {
      id: 'neverCaptured',
      title: says.neverCaptured.title,
      count: parts.neverCaptured,
      text: says.neverCaptured.says(parts.neverCapturedApps),
      always: true,
    },
    { id: 'passThrough', title: says.passThrough.title, count: parts.passThrough, text: says.passThrough.says, href: tunnels },
    { id: 'pinned', title: says.pinned.title, count: parts.pinned, text: says.pinned.says, href: tunnels },
    { id: 'bodiesShed', title: says.bodiesShed.title, count: parts.bodiesShed, text: says.bodiesShed.says },
    { id: 'callsLost', title: says.callsLost.title, count: parts.callsLost, text: says.callsLost.says },
    { id: 'agentDrops', title: says.agentDrops.title, count: parts.agentDrops, text: says.agentDrops.says },
  ];
  return (
    <dl className="coverage-parts">
      {lines
        .filter(({ count, always }) => always || count > 0)
        .map(({ id, title, count, text, href }) => (
          <div key={id} data-part={id}>
            <dt>{title}</dt>
            <dd>
              {href !== undefined && count > 0 ? <a href={href}>{formatCount(count)}</a> : formatCount(count)}
            </dd>
            <dd className="coverage-part-says">{text}</dd>
          </div>
        ))}
    </dl>
  );
}
