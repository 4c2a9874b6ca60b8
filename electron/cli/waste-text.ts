import { stringify } from 'csv-stringify/sync';
import { exactDollars, formatMoney } from '../../shared/format/money.ts';
import { countOf } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { harmless, paint } from './terminal.ts';

type Found = Awaited<ReturnType<EngineClient['costs']['waste']>>;

const GROUPS = 5;
const EXAMPLES = 3;
/** A filter that is longer is of no use to look at; json has it. */
const LONGEST_FILTER = 160;

/** Each kind in a sentence, where most of it is, with the filter that lists these calls, and some of the calls. */
export function wasteText({ wastes }: Found): string {
  return wastes
    .map(({ nanoUsd, says, groups, examples }) => {
      const lines = [
        `${paint('bold', (nanoUsd === null ? 'no money' : formatMoney(nanoUsd)).padStart(10))}  ${harmless(says)}`,
      ];
      for (const group of groups.slice(0, GROUPS)) {
        const cost = group.nanoUsd === null ? '' : `, ${formatMoney(group.nanoUsd)}`;
        lines.push(harmless(`            ${group.says}: ${countOf(group.calls, 'call')}${cost}`));
        if (group.query.length <= LONGEST_FILTER)
          lines.push(harmless(`              sallyport calls '${group.query}'`));
      }
      if (groups.length > GROUPS) lines.push(`            … and ${countOf(groups.length - GROUPS, 'place')} more`);
      for (const { id, says: why } of examples.slice(0, EXAMPLES)) lines.push(harmless(`            #${id}  ${why}`));
      return lines.map((line) => `${line.trimEnd()}\n`).join('');
    })
    .join('\n');
}

/** For programs; names and units are a promise. Money that is not known, or none, is null. */
export function wasteJson(span: { since: number; until: number }, found: Found): string {
  const answer = { since: isoTimestamp(span.since), until: isoTimestamp(span.until), ...found };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

/** A line per group. */
export function wasteCsv({ wastes }: Found): string {
  return stringify(
    wastes.flatMap(({ kind, groups }) =>
      groups.map(({ says, calls, nanoUsd, query }) => [
        kind,
        says,
        calls,
        nanoUsd === null ? '' : exactDollars(nanoUsd),
        nanoUsd ?? '',
        query,
      ]),
    ),
    { header: true, columns: ['kind', 'where', 'calls', 'usd', 'nanoUsd', 'filter'], escape_formulas: true },
  );
}
