import { describe, expect, onTestFinished, test } from 'vitest';
import { createWhatIf } from '../../../../electron/engine/analytics/backtest/what-if.ts';
import { createWhatIfFace } from '../../../../electron/engine/analytics/backtest/what-if-face.ts';
import { NOTHING_DECLARED } from '../../../../electron/engine/vendors/declared.ts';
import { createDataDir } from '../../../harness/recorder.ts';
import { ALL, storePast } from '../../../harness/store/past.ts';

const POLICY = 'id: a\nkind: limit\nmode: observe\nsettings: { algorithm: fixed-window, limit: 3, window: 10s }\n';
const SPAN = { since: ALL.since, until: ALL.until };

function start(calls: number) {
  const dataDir = createDataDir(onTestFinished);
  storePast(
    dataDir,
    Array.from({ length: calls }, (_, index) => ({ at: index / 10 })),
  );
  const said = { appNames: {}, declared: NOTHING_DECLARED, places: [] };
  const whatIf = createWhatIf({ dataDir, said: () => said });
  onTestFinished(() => whatIf.stop());
  return createWhatIfFace(whatIf, () => ALL.now);
}

describe('the stream of a backtest', () => {
  test('says how far it is, never backwards, and ends with the results', async () => {
    const face = start(3000);
    const pieces = [];
    for await (const piece of face.sweep({ ...SPAN, policy: POLICY, from: 1, to: 40, steps: 40 })) pieces.push(piece);
    const last = pieces.pop()!;
    expect(last).toMatchObject({ state: 'done' });
    const done = pieces.map((piece) => ('state' in piece && piece.state === 'working' ? piece.done / piece.total : -1));
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('who leaves it gives the work up, and the thread is free for the next', async () => {
    const face = start(3000);
    const leaving = face.sweep({ ...SPAN, policy: POLICY, from: 1, to: 1000, steps: 50 });
    const first = await leaving.next();
    expect(first.done).toBe(false);
    await leaving.return(undefined);
    const stopped = new AbortController();
    const given = face.demand({ ...SPAN, policy: POLICY }, stopped.signal);
    stopped.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(await face.demand({ ...SPAN, policy: POLICY })).toMatchObject({ calls: 3000 });
  });

  test('what is wrong with the question is its last piece', async () => {
    const face = start(1);
    const lastOf = async (stream: AsyncIterable<unknown>): Promise<unknown> => {
      let last: unknown;
      for await (const piece of stream) last = piece;
      return last;
    };
    expect(await lastOf(face.backtest({ ...SPAN, candidates: ['kind: limit\n'] }))).toMatchObject({
      problem: 'bad-policies',
    });
    expect(await lastOf(face.backtest({ ...SPAN, filter: 'status:', candidates: [POLICY] }))).toMatchObject({
      problem: 'bad-what-if',
    });
    expect(await face.whatIfPrice({ since: 2, until: 1, factor: 2 })).toMatchObject({ problem: 'bad-what-if' });
  });
});

test('a filter says which calls are looked at', async () => {
  const face = start(100);
  const pieces = [];
  for await (const piece of face.backtest({ ...SPAN, filter: 'id:<=10', candidates: [POLICY] })) pieces.push(piece);
  expect(pieces.at(-1)).toMatchObject({ state: 'done', results: [[{ evaluated: 10, denied: 7 }]] });
  const newest = [];
  for await (const piece of face.backtest({ ...SPAN, newest: 5, candidates: [POLICY] })) newest.push(piece);
  expect(newest.at(-1)).toMatchObject({ state: 'done', results: [[{ evaluated: 5, denied: 2 }]] });
});
