// What a run came to, in the one line that `sallyport run` prints.
import { shellQuote } from '../../shared/format/shell-quote.ts';

/** As much of a call as the summary counts. */
export interface CountedCall {
  host: string;
  status: number | null;
  failure: string | null;
}

/** Adds calls up as they are read, page by page. */
export interface Tally {
  add(calls: readonly CountedCall[]): void;
  readonly calls: number;
  readonly failed: number;
  readonly hosts: number;
}

export function createTally(): Tally {
  const hosts = new Set<string>();
  const tally = {
    calls: 0,
    failed: 0,
    hosts: 0,
    add(more: readonly CountedCall[]) {
      for (const { host, status, failure } of more) {
        tally.calls += 1;
        // What people look for after a run: no answer, or one that says no.
        if (failure !== null || (status !== null && status >= 400)) tally.failed += 1;
        tally.hosts = hosts.add(host).size;
      }
    },
  };
  return tally;
}

/** The filter for the calls of one run, as a person would type it. */
export function queryForRun(run: string): string {
  return `tag:run=${run}`;
}

/**
 * `12 calls (2 failed) to 3 hosts as "shop"; see: npx sallyport calls tag:run=0f3c…`
 * @param query finds them again
 * @param dataDir given only when the user named it, so that the command finds the same calls
 */
export function summaryLine(tally: Tally, app: string, query: string, dataDir: string | null): string {
  if (tally.calls === 0) return `no call of "${app}" came this way`;
  const failed = tally.failed > 0 ? ` (${tally.failed} failed)` : '';
  const where = dataDir === null ? '' : ` --data ${shellQuote(dataDir)}`;
  const see = `npx sallyport calls${where} ${shellQuote(query)}`;
  return `${count(tally.calls, 'call')}${failed} to ${count(tally.hosts, 'host')} as "${app}"; see: ${see}`;
}

/** Connections of one program of a run to one place that went past the engine. */
export interface WentAround {
  process: string;
  host: string;
  port: number;
  connections: number;
}

const SHOWN = 3;

/** `2 connections went past Sallyport: python3 → 10.0.0.5:5432; see: npx sallyport coverage`; null when none did. */
export function aroundLine(around: readonly WentAround[], dataDir: string | null): string | null {
  if (around.length === 0) return null;
  const all = around.reduce((sum, { connections }) => sum + connections, 0);
  const places = around
    .slice(0, SHOWN)
    .map(({ process, host, port }) => `${process} → ${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(', ');
  const more = around.length > SHOWN ? ` and ${count(around.length - SHOWN, 'more place')}` : '';
  const where = dataDir === null ? '' : ` --data ${shellQuote(dataDir)}`;
  return `${count(all, 'connection')} went past Sallyport: ${places}${more}; see: npx sallyport coverage${where}`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
