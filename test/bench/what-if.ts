import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWhatIf } from '../../electron/engine/analytics/backtest/what-if-face.ts';
import { NOTHING_DECLARED } from '../../electron/engine/vendors/declared.ts';
import { fillStore } from './filled-store.ts';
import type { Row } from './row.ts';
import { printRows } from './row.ts';

/** P13: a backtest of a million recorded calls, reading included; and the tuner, asking again and again of 100,000. */

const POLICIES = [
  {
    name: 'a fixed window for each app',
    text: 'id: a\nkind: limit\nmode: enforce\nsettings: { algorithm: fixed-window, limit: 4, window: 10s, per: [app] }\n',
  },
  {
    name: 'a limit of one vendor’s calls',
    text: 'id: a\nkind: limit\nmode: enforce\nmatch: { vendor: openai, app: billing }\nsettings: { algorithm: token-bucket, limit: 2, window: 1m }\n',
  },
  {
    name: 'a queue',
    text: 'id: a\nkind: limit\nmode: enforce\nsettings: { algorithm: token-bucket, limit: 10, window: 1m, per: [app], action: wait }\n',
  },
];
const TUNED = 100_000;

async function measure(count: number): Promise<Row[]> {
  const kept = process.env['BENCH_STORE'];
  const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'sallyport-what-if-'));
  // A store that is kept may be older than now.
  const end = Number(process.env['BENCH_END'] ?? Date.now() * 1000);
  try {
    if (kept === undefined || process.env['BENCH_FILL'])
      fillStore(dataDir, count, end, (done) => process.stderr.write(`\r${done.toLocaleString('en')} calls stored `));
    const rows: Row[] = [];
    for (const { name, text } of POLICIES) {
      const samples: number[] = [];
      const again: number[] = [];
      let evaluated = 0;
      for (let round = 0; round < 3; round += 1) {
        const asked = open(dataDir, end);
        const [took, calls] = await time(() => asked.backtest(text));
        samples.push(took);
        evaluated = calls;
        again.push((await time(() => asked.backtest(text)))[0]);
        await asked.stop();
      }
      const [best, middle] = [Math.min(...samples), median(samples)];
      rows.push({
        id: 'P13',
        what: `backtest of ${name} over ${evaluated.toLocaleString('en')} recorded calls, a new thread and the reading included`,
        figure: `median ${(middle / 1000).toFixed(2)} s, best ${(best / 1000).toFixed(2)} s; again with the columns there ${(median(again) / 1000).toFixed(2)} s`,
        target: '≤ 3 s',
        met: middle <= 3000,
      });
    }
    const asked = open(dataDir, end);
    const tuned: number[] = [];
    for (const { text } of POLICIES.slice(0, 2)) {
      await asked.backtest(text, TUNED);
      await asked.backtest(text, TUNED);
      for (let limit = 1; limit <= 15; limit += 1)
        tuned.push((await time(() => asked.backtest(text.replace(/limit: \d+/, `limit: ${limit}`), TUNED)))[0]);
    }
    await asked.stop();
    rows.push({
      id: 'P13',
      what: `tuner: the same ${TUNED.toLocaleString('en')} calls with another limit, the columns there`,
      figure: `median ${median(tuned).toFixed(0)} ms, worst of ${tuned.length} ${Math.max(...tuned).toFixed(0)} ms`,
      target: 'median ≤ 150 ms',
      met: median(tuned) <= 150,
    });
    return rows;
  } finally {
    if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

function open(dataDir: string, end: number) {
  const names = {};
  const { face, stop } = openWhatIf({
    dataDir,
    words: { appNames: () => names, declared: () => NOTHING_DECLARED },
    places: () => [],
    now: () => end + 1,
  });
  return {
    stop,
    async backtest(text: string, newest?: number): Promise<number> {
      for await (const piece of face.backtest({ since: 0, until: end + 1, candidates: [text], newest })) {
        if ('problem' in piece) throw new Error(JSON.stringify(piece));
        if (piece.state === 'done') return piece.results[0]![0]!.evaluated;
      }
      throw new Error('It ended without an answer.');
    },
  };
}

async function time<T>(work: () => Promise<T>): Promise<[took: number, answer: T]> {
  const begin = performance.now();
  const answer = await work();
  return [performance.now() - begin, answer];
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!;
}

export async function run(): Promise<Row[]> {
  return measure(Number(process.env['BENCH_CALLS'] ?? 1_000_000));
}

if (import.meta.main) printRows(await run());
