import { expect, it } from 'vitest';
import { createProcessTeller } from '../../../electron/engine/archive/process-teller.ts';
import { identityOf } from '../store/samples.ts';

const node = identityOf({ pid: 7, name: 'node', user: 'ada', command: 'node pay.mjs' });

it('tells who a process is once, and again when it became another program', () => {
  const told: string[] = [];
  const teller = createProcessTeller((key, { name }) => told.push(`${key} ${name}`));
  for (let i = 0; i < 3; i += 1) teller.note('7@1', { ...node });
  teller.note('7@1', { ...node, name: 'curl' });
  expect(told).toEqual(['7@1 node', '7@1 curl']);
});

it('tells a new thread what the broken one had not written, and nothing else', () => {
  const told: string[] = [];
  const teller = createProcessTeller((key) => told.push(key));
  for (const key of ['7@1', '8@1', '9@1']) teller.note(key, node);
  teller.noted(['8@1']);
  told.length = 0;
  teller.again();
  expect(told).toEqual(['7@1', '9@1']);
});

it('remembers so many at most, however many short-lived processes come', () => {
  let told = 0;
  const teller = createProcessTeller(() => (told += 1));
  for (let pid = 0; pid < 30_000; pid += 1) teller.note(`${pid}@1`, node);
  told = 0;
  teller.again();
  expect(told).toBeLessThanOrEqual(10_000);
});
