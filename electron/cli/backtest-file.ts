import type { BacktestResult } from '../../shared/contract/policies.ts';
import { exactMoney } from '../../shared/format/money.ts';
import { formatCount, formatDuration } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { openCalls } from './connect.ts';
import { failures } from './fail-on.ts';
import { EXIT, Fault } from './fault.ts';
import type { BacktestOptions } from './policy.ts';
import { readPolicyFile, type NamedFile } from './read-policy-file.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';

/** What a condition of `--fail-on` ends with: others than a mistake of ours or yours, so that CI can tell. */
const FAILED_ON = 3;

/** `sallyport policy backtest` */
export async function backtestFile(file: string, options: BacktestOptions): Promise<void> {
  const named = await readPolicyFile(file, options.data);
  const span = {
    since: timeOption('since', options.since),
    until: options.until === undefined ? Date.now() * 1000 : timeOption('until', options.until),
  };
  if (span.since >= span.until)
    throw new Fault('--since is not before --until: there is no time between them.', EXIT.usage);
  const connection = await openCalls(dataFolder(options.data));
  const cancel = new AbortController();
  const stop = (): void => cancel.abort();
  process.once('SIGINT', stop);
  let results: BacktestResult[];
  try {
    results = await resultsOf(connection.client.policies, named, span, options, cancel.signal);
  } catch (error) {
    if (cancel.signal.aborted) throw new Fault('Given up; nothing was changed.', EXIT.failed);
    throw backtestFault(error, named, options.filter);
  } finally {
    process.off('SIGINT', stop);
    await connection.close();
  }
  if (options.format === 'json') await write(`${JSON.stringify(recordOf(named.name, span, results), null, 2)}\n`);
  else await write(tableOf(results));
  const failed = failures(options.failOn ?? [], results);
  if (failed.length > 0) throw new Fault(`--fail-on:\n${failed.map((line) => `  ${line}`).join('\n')}`, FAILED_ON);
}

/** Follows the stream to its end; how far it is goes to a terminal's standard error. */
export async function resultsOf(
  policies: Pick<EngineClient['policies'], 'backtest'>,
  { text }: NamedFile,
  span: { since: number; until: number },
  { filter, only, callers }: Pick<BacktestOptions, 'filter' | 'only' | 'callers'>,
  signal: AbortSignal,
): Promise<BacktestResult[]> {
  const shown = process.stderr.isTTY;
  const clear = (): void => void (shown && process.stderr.write('\r\u001b[K'));
  try {
    const stream = await policies.backtest(
      { ...span, filter, callers, candidates: [text], ...(only !== undefined && { only }) },
      { signal },
    );
    for await (const piece of stream) {
      if (piece.state === 'done') return piece.results[0] ?? [];
      if (shown) process.stderr.write(`\r\u001b[K${progressLine(piece)}`);
    }
  } finally {
    clear();
  }
  throw new Fault('The engine ended before the backtest did.', EXIT.engine);
}

function progressLine({ done, total }: { done: number; total: number }): string {
  const share = total > 0 ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return `${formatCount(done)} of ${formatCount(total)} calls${share}; Ctrl-C gives up`;
}

function backtestFault(error: unknown, { name }: NamedFile, filter: string): unknown {
  const { code, data } = error as {
    code?: unknown;
    data?: { problems?: { line: number; column: number; says: string }[] };
  };
  if (code !== 'BAD_POLICIES' || !data?.problems) return refusalFault(error, filter);
  const lines = data.problems.map(({ line, column, says }) => harmless(`${name}:${line}:${column}: ${says}`));
  return new Fault(lines.join('\n'), EXIT.usage);
}

/** The results for people: a row for each policy, whom it would have hit, and what this cannot know. */
export function tableOf(results: readonly BacktestResult[]): string {
  if (results.length === 0) return 'The file has no policy that could be tried.\n';
  const table = textTable(
    ['POLICY', 'KIND', 'CALLS', 'MATCHED', 'DENIED', 'DELAYED', 'DELAY P50', 'P99', 'SAVED', '429S AVOIDED'],
    results.map((one) => [
      one.policy,
      one.kind,
      formatCount(one.evaluated),
      formatCount(one.matched),
      formatCount(one.denied),
      formatCount(one.delayed),
      delay(one.delayMs?.p50),
      delay(one.delayMs?.p99),
      one.savedNanoUsd === null ? 'unknown' : exactMoney(one.savedNanoUsd),
      `${formatCount(one.vendor429sAvoided)} of ${formatCount(one.vendor429s)}`,
    ]),
    ['CALLS', 'MATCHED', 'DENIED', 'DELAYED', 'DELAY P50', 'P99', 'SAVED', '429S AVOIDED'],
  );
  return [table, ...results.map(hitsOf), unknownsOf(results)].filter((part) => part !== '').join('\n');
}

function delay(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms * 1000);
}

/** At most so many of each are named. */
const NAMED = 5;

function hitsOf({ policy, affected, denied, delayed }: BacktestResult): string {
  if (denied + delayed === 0) return '';
  const parts = (
    [
      ['apps', affected.apps],
      ['endpoints', affected.endpoints],
      ['features', affected.features],
      ['lines of code', affected.callSites],
    ] as const
  ).flatMap(([what, rows]) => {
    const hit = rows.filter((row) => row.denied + row.delayed > 0);
    if (hit.length === 0) return [];
    const named = hit
      .slice(0, NAMED)
      .map(
        (row) => `${row.name ?? 'unknown'} (${formatCount(row.denied)} denied, ${formatCount(row.delayed)} delayed)`,
      );
    const more = hit.length > NAMED ? `, and ${hit.length - NAMED} more` : '';
    return [harmless(`  ${what}: ${named.join(', ')}${more}`)];
  });
  return parts.length === 0 ? '' : `${harmless(policy)} would have hit\n${parts.join('\n')}\n`;
}

function unknownsOf(results: readonly BacktestResult[]): string {
  const unknowns = [...new Set(results.flatMap((one) => one.unknowns))];
  return unknowns.map((line) => `Not known: ${harmless(line)}\n`).join('');
}

/** As scripts rely on it: field names are a promise, times are ISO 8601 in UTC. */
export function recordOf(
  file: string,
  { since, until }: { since: number; until: number },
  results: readonly BacktestResult[],
): object {
  return {
    file,
    since: isoTimestamp(since),
    until: isoTimestamp(until),
    policies: results.map(({ series, calls, ...result }) => ({
      ...result,
      series: series.map(({ start, ...sums }) => ({ start: isoTimestamp(start), ...sums })),
      calls: calls.map(({ at, ...call }) => ({ at: isoTimestamp(at), ...call })),
    })),
  };
}
