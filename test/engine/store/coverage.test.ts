import { describe, expect, it, onTestFinished } from 'vitest';
import { LISTED_AN_HOUR } from '../../../electron/engine/store/coverage-rows.ts';
import type { NotSeenConnections } from '../../../electron/engine/store/coverage-rows.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';
import type { Recorder } from '../../harness/recorder.ts';

const HOUR = 3_600_000_000;
/** The beginning of an hour of its own. */
const AT = 490_000 * HOUR;
const span = { since: AT, until: AT + 3 * HOUR };

const curl: NotSeenConnections = {
  app: null,
  process: 'curl',
  pid: 4211,
  command: 'curl https://example.com',
  host: 'example.com',
  address: '192.0.2.7',
  port: 443,
  firstSeen: AT + 10,
  lastSeen: AT + 20,
  connections: 1,
  reason: 'never-captured',
};

async function start(): Promise<Recorder> {
  const recorder = await startRecorder(createDataDir(onTestFinished));
  onTestFinished(() => recorder.stop());
  return recorder;
}

describe('coverage', () => {
  it('adds up what is told of an hour in pieces, and keeps hours apart', async () => {
    const { archive, reader } = await start();
    await archive.work('coverage', { at: AT + 5, counts: { seen: 6, bodiesShed: 1 }, notSeen: [] });
    await archive.work('coverage', { at: AT + HOUR - 1, counts: { seen: 3, around: 1 }, notSeen: [curl] });
    await archive.work('coverage', { at: AT + HOUR, counts: { passThrough: 2 }, notSeen: [] });
    const none = {
      seen: 0,
      around: 0,
      neverCaptured: 0,
      neverCapturedApps: 0,
      passThrough: 0,
      pinned: 0,
      bodiesShed: 0,
      callsLost: 0,
      agentDrops: 0,
    };
    expect(await reader.coverageHours(span)).toEqual([
      { start: AT, share: 0.9, parts: { ...none, seen: 9, around: 1, bodiesShed: 1, neverCapturedApps: 1 } },
      { start: AT + HOUR, share: null, parts: { ...none, passThrough: 2 } },
    ]);
    expect(await reader.coverage(span)).toEqual({
      share: 0.9,
      parts: { ...none, seen: 9, around: 1, bodiesShed: 1, passThrough: 2, neverCapturedApps: 1 },
    });
    expect(await reader.coverage({ since: AT + 2 * HOUR, until: AT + 3 * HOUR })).toBeNull();
  });

  it('names who was not seen once per place, with first and last time and the newest process', async () => {
    const { archive, reader } = await start();
    const billing = { ...curl, app: 'billing', process: 'java', reason: 'around' as const, lastSeen: AT + 15 };
    await archive.work('coverage', { at: AT, counts: {}, notSeen: [curl, billing] });
    await archive.work('coverage', {
      at: AT + HOUR,
      counts: {},
      notSeen: [{ ...curl, pid: 9, command: 'curl -s', firstSeen: AT + HOUR, lastSeen: AT + HOUR + 5, connections: 3 }],
    });
    const { notSeen, more } = await reader.notSeen({ ...span, limit: 1 });
    expect(notSeen).toEqual([{ ...curl, pid: 9, command: 'curl -s', lastSeen: AT + HOUR + 5, connections: 4 }]);
    expect(more).toBe(true);
    expect((await reader.notSeen({ ...span, app: 'billing', limit: 10 })).notSeen).toEqual([billing]);
    expect((await reader.notSeen({ ...span, app: 'nobody', limit: 10 })).notSeen).toEqual([]);
  });

  it('keeps no secret of a command line', async () => {
    const { archive, reader } = await start();
    const secret = ['sk', 'live', 'Zx9Zx9Zx9Zx9Zx9Zx9Zx9Zx9'].join('_');
    const command = `curl -H "Authorization: Bearer ${secret}" https://example.com`;
    await archive.work('coverage', { at: AT, counts: {}, notSeen: [{ ...curl, command }] });
    const { notSeen } = await reader.notSeen({ ...span, limit: 1 });
    expect(notSeen[0]?.command).toContain('curl -H');
    expect(JSON.stringify(notSeen)).not.toContain(secret);
  });

  it('lists so many connections of an hour and only counts the others; old hours go with the calls', () => {
    const dataDir = createDataDir(onTestFinished);
    let now = AT / 1000;
    const store = openStore({
      dataDir,
      budgets: { ...DEFAULT_BUDGETS, callAgeDays: 30 },
      log: () => {},
      now: () => now,
    });
    onTestFinished(() => store.close());
    const many = Array.from({ length: LISTED_AN_HOUR + 2 }, (_, port) => ({ ...curl, port }));
    expect(store.cover({ at: AT, counts: { neverCaptured: many.length }, notSeen: many })).toEqual({
      listed: LISTED_AN_HOUR,
      unlisted: 2,
    });
    // One that is listed already grows.
    expect(store.cover({ at: AT, counts: {}, notSeen: [curl] })).toEqual({ listed: 1, unlisted: 0 });
    const reader = createStoreReader(dataDir);
    onTestFinished(() => reader.close());
    expect(reader.coverage(span)?.parts.neverCaptured).toBe(many.length);
    now += 31 * 86_400_000;
    store.retain();
    expect(reader.coverage(span)).toBeNull();
    expect(reader.notSeen({ ...span, limit: 1 }).notSeen).toEqual([]);
  });
});
