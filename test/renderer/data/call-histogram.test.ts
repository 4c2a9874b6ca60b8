import { expect, test } from 'vitest';
import { createSignal } from '../../../renderer/client/signal.ts';
import { createCallHistogram, sumSteps } from '../../../renderer/data/call-histogram.ts';

const MINUTE = 60e6;

/** Counts calls that began at given times, as the engine does; answers when told to. */
function createCounter() {
  const calls: number[] = [];
  const asked: { since: number; until: number; query: string | undefined }[] = [];
  let laters: (() => void)[] = [];
  let now = 1000 * MINUTE;
  const histogram = createCallHistogram({
    api: {
      system: { storage: () => Promise.resolve({ oldestStartedAt: calls[0] ?? null }) },
      calls: {
        histogram: (question: { since: number; until: number; steps: number; query?: string }) => {
          asked.push({ since: question.since, until: question.until, query: question.query });
          const step = (question.until - question.since) / question.steps;
          const steps = Array.from({ length: question.steps }, (_, index) => {
            const from = question.since + index * step;
            return [0, 0, calls.filter((at) => at >= from && at < from + step).length, 0, 0, 0];
          });
          return Promise.resolve(
            (async function* () {
              await Promise.resolve();
              yield { since: question.since, until: question.until, step, steps, matched: 0, done: true };
            })(),
          );
        },
      },
    } as unknown as Parameters<typeof createCallHistogram>[0]['api'],
    connection: createSignal('open'),
    now: () => now,
    later(work) {
      laters.push(work);
      return () => (laters = laters.filter((one) => one !== work));
    },
  });
  return {
    histogram,
    calls,
    asked,
    get now() {
      return now;
    },
    async settle() {
      for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    async pass(us: number) {
      now += us;
      const due = laters;
      laters = [];
      for (const work of due) work();
      await this.settle();
    },
  };
}

test('new calls are counted by asking for the newest steps only', async () => {
  const counter = createCounter();
  counter.calls.push(counter.now - 10 * MINUTE, counter.now - 5 * MINUTE);
  counter.histogram.show({ query: 'status:200', range: { kind: 'last', us: 15 * MINUTE } });
  await counter.settle();
  expect(sumSteps(counter.histogram.state.get()!)).toBe(2);
  counter.calls.push(counter.now);
  await counter.pass(2e6);
  expect(sumSteps(counter.histogram.state.get()!)).toBe(3);
  const [all, look] = counter.asked;
  expect(all!.until - all!.since).toBeGreaterThanOrEqual(15 * MINUTE);
  expect(look!.until - look!.since).toBeLessThan(2 * MINUTE);
  counter.histogram.close();
});

test('a running range moves on with time: what is out of it is counted no longer', async () => {
  const counter = createCounter();
  counter.calls.push(counter.now - 14 * MINUTE, counter.now - MINUTE);
  counter.histogram.show({ query: '', range: { kind: 'last', us: 15 * MINUTE } });
  await counter.settle();
  for (let second = 0; second < 40; second += 1) await counter.pass(5e6);
  const { since, until, step, steps } = counter.histogram.state.get()!;
  expect(sumSteps(counter.histogram.state.get()!)).toBe(1);
  expect((until - since) / step).toBe(steps.length);
  counter.histogram.close();
});

test('a span that is over is counted once', async () => {
  const counter = createCounter();
  counter.histogram.show({
    query: '',
    range: { kind: 'between', since: counter.now - 20 * MINUTE, until: counter.now - 10 * MINUTE },
  });
  await counter.settle();
  await counter.pass(MINUTE);
  expect(counter.asked).toHaveLength(1);
  counter.histogram.close();
});
