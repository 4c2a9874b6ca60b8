import type { PolicyRow } from '../../shared/contract/policies.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { formatCount, formatDuration } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { openPolicies, painted, wholeVersion } from './policy-answers.ts';
import { openCalls, type Connection } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { localTime } from './list-apps.ts';
import type { ListPoliciesOptions, PolicyOptions } from './policy.ts';
import { problemLines } from './policy-files.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';

/** `sallyport policy list` */
export async function listPolicies(options: ListPoliciesOptions): Promise<void> {
  await asking(options, async ({ client, engine }) => {
    const found = await client.policies.get({ since: timeOption('since', options.since), until: Date.now() * 1000 });
    if (options.format === 'json') return write(`${JSON.stringify(found, null, 2)}\n`);
    note(problemLines(found.file, found.problems).trimEnd() || `${found.file}, version ${found.version}`);
    if (found.policies.length === 0) return note('No policy is in force. Begin with: sallyport policy init');
    await write(
      textTable(
        ['POLICY', 'KIND', 'MODE', 'CALLS', 'DENIED', 'WAITED', 'LAST', 'OWNER', 'WHAT IT DOES'],
        found.policies.map(({ id, kind, mode, hits, owner, says }) => [
          id,
          kind,
          mode,
          formatCount(hits.asked),
          formatCount(hits.denied),
          formatCount(hits.waited),
          hits.lastAt === null ? '–' : localTime(hits.lastAt),
          owner ?? '–',
          says,
        ]),
        ['CALLS', 'DENIED', 'WAITED'],
      ),
    );
    if (!engine) note('No engine runs: nothing is governed just now.');
  });
}

/** `sallyport policy show` */
export async function showPolicy(id: string, options: ListPoliciesOptions): Promise<void> {
  await asking(options, async ({ client, engine }) => {
    const found = await client.policies.get({ since: timeOption('since', options.since), until: Date.now() * 1000 });
    const row = found.policies.find((policy) => policy.id === id);
    if (!row)
      throw new Fault(`There is no policy “${id}”. List what there is with: sallyport policy list`, EXIT.failed);
    const gauges = engine ? (await client.policies.gauges({ id })).gauges : [];
    if (options.format === 'json') return write(`${JSON.stringify({ ...row, gauges }, null, 2)}\n`);
    const text = found.text
      .split('\n')
      .slice(row.line - 1, row.endLine)
      .join('\n');
    await write(`${factsOf(row, `${found.file}:${row.line}`)}\n${harmless(text, 'lines')}\n`);
    if (gauges.length > 0)
      await write(
        `\n${textTable(
          ['COUNTER', 'USED', 'LIMIT', 'LEFT', 'WAITING', 'RUNNING', 'UNTIL'],
          gauges.map(({ key, unit, used, limit, remaining, waiting, running, resetAt }) => [
            key || 'all',
            amount(used, unit),
            amount(limit, unit),
            amount(remaining, unit),
            formatCount(waiting),
            formatCount(running),
            resetAt === null ? '–' : localTime(resetAt),
          ]),
          ['USED', 'LIMIT', 'LEFT', 'WAITING', 'RUNNING'],
        )}`,
      );
  });
}

function factsOf(
  { id, kind, mode, says, owner, reason, expiresAt, changedAt, hits }: PolicyRow,
  place: string,
): string {
  const facts: [string, string][] = [
    ['policy', `${id} (${kind}, ${mode})`],
    ['', says],
    ['stands in', place],
    ['owner', owner ?? '–'],
    ['reason', reason ?? '–'],
    ['changed', changedAt === null ? '–' : localTime(changedAt)],
    ['expires', expiresAt === null ? 'never' : localTime(expiresAt)],
    [
      'did',
      `${formatCount(hits.denied)} denied, ${formatCount(hits.waited)} waited ${formatDuration(hits.waitUs)}, ${formatCount(hits.faults)} faults, of ${formatCount(hits.asked)} calls`,
    ],
  ];
  return facts.map(([name, value]) => `${name.padEnd(10)}${harmless(value)}\n`).join('');
}

function amount(value: number | null, unit: string): string {
  if (value === null) return '–';
  return unit === 'nano-dollars' ? formatMoney(value) : formatCount(Math.round(value * 100) / 100);
}

/** `sallyport policy versions` */
export async function listVersions(
  version: string | undefined,
  options: PolicyOptions & { format: 'table' | 'json'; text?: boolean },
): Promise<void> {
  await asking(options, async ({ client }) => {
    if (version !== undefined) {
      const one = await client.policies.version({ version: wholeVersion(version) });
      if (options.format === 'json') return write(`${JSON.stringify({ ...one, at: isoTimestamp(one.at) }, null, 2)}\n`);
      return write(options.text ? one.text : painted(one.diff));
    }
    const { versions } = await client.policies.versions();
    if (options.format === 'json')
      return write(
        `${JSON.stringify(
          versions.map((one) => ({ ...one, at: isoTimestamp(one.at) })),
          null,
          2,
        )}\n`,
      );
    if (versions.length === 0) return note('There never was a policy.');
    await write(
      textTable(
        ['VERSION', 'AT', 'AUTHOR', 'LINES', 'WHAT CHANGED', 'REASON'],
        versions.map(({ version: number, at, author, reason, added, removed, changes }) => [
          String(number),
          localTime(at),
          author,
          `+${added} −${removed}`,
          shortened(changes),
          reason ?? '–',
        ]),
        ['VERSION', 'LINES'],
      ),
    );
  });
}

function shortened(changes: readonly string[]): string {
  const [first = ''] = changes;
  const more = changes.length > 1 ? ` (and ${changes.length - 1} more)` : '';
  return `${first.length > 80 ? `${first.slice(0, 79)}…` : first}${more}`;
}

async function asking(options: PolicyOptions, ask: (connection: Connection) => Promise<void>): Promise<void> {
  const folder = dataFolder(options.data);
  const connection = (await openPolicies(folder)) ?? (await openCalls(folder));
  try {
    await ask(connection);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}
