import type { Coverage, NotSeen } from '../../shared/contract/coverage.ts';
import { countOf } from '../../shared/format/quantities.ts';
import { readTime } from '../../shared/query/read-time.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { openCalls } from './connect.ts';
import type { CoverageCommandOptions } from './coverage.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';

/** `sallyport coverage`: the number, its parts, and where programs went past us. */
export async function showCoverage(options: CoverageCommandOptions): Promise<void> {
  const now = Date.now() * 1000;
  const since = readTime('since', options.since, {
    now,
    offsetMinutesAt: (wallClock) => -new Date(wallClock).getTimezoneOffset(),
  });
  if (!('tree' in since) || since.tree.op !== 'time')
    throw new Fault(`--since: ${'fault' in since ? since.fault.message : 'not a time'}.`, EXIT.usage);
  const span = { since: since.tree.at, until: now };
  const connection = await openCalls(dataFolder(options.data));
  try {
    const { client } = connection;
    const { app, limit } = options;
    const coverage = await client.coverage.get(span);
    const { notSeen, more } = await client.coverage.notSeen({ ...span, limit, ...(app === undefined ? {} : { app }) });
    if (options.format === 'ndjson') {
      await write([coverage, ...notSeen].map((line) => `${JSON.stringify(line)}\n`).join(''));
      return;
    }
    await write(`${coverageText(coverage)}${notSeen.map(notSeenText).join('')}`);
    if (more) note(`The newest ${notSeen.length}; more with --limit.`);
    if (!coverage.sampler.works) note(coverage.sampler.why ?? 'Nobody looks just now.');
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

/** The number in a sentence, and those of its parts that are not nothing. */
export function coverageText({ share, parts }: Coverage): string {
  const all = parts.seen + parts.around;
  const number =
    share === null
      ? 'No captured app made a connection in this time.'
      : `${Math.floor(share * 1000) / 10} % seen: ${parts.seen} of ${countOf(all, 'connection')} of captured apps.`;
  const lines: [number, string][] = [
    [parts.around, 'went around: of captured apps, past proxy and agent'],
    [parts.neverCaptured, `of ${countOf(parts.neverCapturedApps, 'program')} nobody pointed at Sallyport`],
    [parts.passThrough, 'tunnels passed on unread, since a setting says so'],
    [parts.pinned, 'tunnels passed on unread, since the program did not accept the certificate'],
    [parts.bodiesShed, 'calls whose bodies were not kept: the recorder was busy'],
    [parts.callsLost, 'calls not recorded: under load, or while paused'],
    [parts.agentDrops, 'calls that agents could not report'],
  ];
  return `${[number, ...lines.filter(([count]) => count > 0).map(([count, says]) => `  ${count} ${says}`)].join('\n')}\n`;
}

/** One place a program went to, why it was not seen, and what to do. */
export function notSeenText({ process, pid, app, host, port, connections, why, remedy }: NotSeen): string {
  const who = `${process}${pid === null ? '' : ` (${pid})`}${app === null || app === process ? '' : `, ${app}`}`;
  const head = `${who} → ${host}:${port}, ${countOf(connections, 'connection')}`;
  return `\n${[head, `  ${why}`, `  ${remedy}`].map((line) => harmless(line)).join('\n')}\n`;
}
