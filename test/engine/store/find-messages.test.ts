// `body:` looks into WebSocket messages and server-sent events too, each by itself, with one meaning everywhere.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import { createReader } from '../../../electron/engine/analytics/reader.ts';
import { createMessageQueue } from '../../../electron/engine/archive/live-call.ts';
import { DEFAULT_BUDGETS, openStore, type Store } from '../../../electron/engine/store/store.ts';
import { startRecord } from '../../../shared/events/fold.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';

interface Talk {
  messages: { text: string; opcode: 1 | 2; direction: 'sent' | 'received' }[];
  answer: string;
  open: boolean;
}

const texts = fc.constantFrom('', 'Subscribe', '{"a":"K /v1/charges"}', 'GET and a*c', '100%_c É', 'a longer text');
const talks = fc.record({
  messages: fc.array(
    fc.record({
      text: texts,
      opcode: fc.constantFrom<1 | 2>(1, 2),
      direction: fc.constantFrom<'sent' | 'received'>('sent', 'received'),
    }),
    { maxLength: 4 },
  ),
  answer: texts,
  open: fc.boolean(),
}) satisfies fc.Arbitrary<Talk>;

const body = (text: string): QueryTree => ({ op: 'body', text });
const TREES: readonly QueryTree[] = [
  ...['subscribe', 'É', 'a*c', 'charges', 'a', 'nowhere', 'longer TEXT', 'subscribe{'].map(body),
  { op: 'not', part: body('subscribe') },
  { op: 'and', parts: [body('a*c'), body('longer')] },
  { op: 'or', parts: [body('%_C'), { op: 'text', field: 'state', pattern: 'open' }] },
];

it('means the same to the store as in memory', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(talks, { minLength: 1, maxLength: 30 }), async (list) => {
      const recorder = await startRecorder(createDataDir(onTestFinished));
      try {
        const ids = list.map(({ messages, answer, open }) =>
          recorder.record({
            open,
            responseBody: answer,
            between: (call) =>
              messages.map(({ text, opcode, direction }): CallEvent => {
                const data = Buffer.from(text);
                return { type: 'message', call, at: 1700, direction, opcode, deflated: false, size: data.length, data };
              }),
          }),
        );
        await recorder.archive.flush();
        const { calls } = await recorder.reader.listCalls({ tree: null, limit: 100 });
        for (const tree of TREES) {
          const accepts = compileFilter(tree);
          const expected = calls.filter((call) => {
            const { messages, answer, open } = list[ids.indexOf(call.id)]!;
            // The body of an open call is not stored yet; its messages are.
            const bodies = [open ? null : answer, ...messages.map(({ text }) => text)];
            return accepts(call, { headers: () => [], bodies: () => bodies });
          });
          const found = await recorder.reader.listCalls({ tree, limit: 100 });
          expect(
            found.calls.map(({ id }) => id),
            JSON.stringify(tree),
          ).toEqual(expected.map(({ id }) => id));
        }
      } finally {
        await recorder.stop();
      }
    }),
    { numRuns: 10 },
  );
});

it('is found among more matches than are listed beforehand', async () => {
  const recorder = await startRecorder(createDataDir(onTestFinished));
  onTestFinished(() => recorder.stop());
  for (let i = 0; i < 450; i += 1)
    recorder.record({
      between: (call) => [
        {
          type: 'message',
          call,
          at: 1700,
          direction: 'sent',
          opcode: 1,
          deflated: false,
          size: 9,
          data: Buffer.from(`subscribe`),
        },
      ],
    });
  await recorder.archive.flush();
  const { calls, more } = await recorder.reader.listCalls({ tree: body('SUBSCRIBE'), limit: 449 });
  expect([calls.length, more]).toEqual([449, true]);
});

it('is found in messages old and new, with filters of their own and without, also when ids begin anew', async () => {
  const dataDir = createDataDir(onTestFinished);
  const open = () => openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
  const say = (store: Store, call: number, texts: readonly string[]): void => {
    const record = Object.assign(startRecord(call), { opened: true, startedAt: 1_795_000_000_000_000 });
    for (const text of texts) {
      const queue = createMessageQueue();
      queue.add({ at: 1, direction: 'sent', type: 'text', size: text.length, data: text, name: null });
      const batch = { open: [record], closed: [], gaps: [], bodies: [], messages: [queue.take(call)!], callHigh: call };
      store.commit(batch, false);
    }
  };
  const find = async (text: string): Promise<number[]> => {
    const reader = createReader({ dataDir });
    const { calls } = await reader.listCalls({ tree: body(text), limit: 10 });
    await reader.stop();
    return calls.map(({ id }) => id);
  };
  let store = open();
  say(store, 1, ['the first message of all', ...Array.from({ length: 600 }, (_, i) => `filler number ${i} of many`)]);
  while (store.indexNext());
  say(store, 2, ['a message without any filter']);
  expect(await find('First Message of')).toEqual([1]);
  expect(await find('without any filter')).toEqual([2]);
  expect(await find('is in none of them at all')).toEqual([]);
  // All messages go, and their filters with them or not: the next ones are found all the same.
  store.close();
  const db = new DatabaseSync(join(dataDir, 'bodies.db'));
  db.exec('DELETE FROM messages');
  db.close();
  store = open();
  say(store, 3, ['a message after the flood']);
  store.close();
  expect(await find('after the flood')).toEqual([3]);
});
