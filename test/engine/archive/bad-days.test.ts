import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createArchive } from '../../../electron/engine/archive/archive.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';

const patience = { timeout: 20_000, interval: 20 };

describe('a database that another program holds', () => {
  it('makes recording wait, says so, and loses nothing', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const first = recorder.record();
    await recorder.archive.flush();
    const other = new Database(join(recorder.dataDir, 'calls.db'));
    other.exec('BEGIN IMMEDIATE');
    const held = [recorder.record({ responseBody: 'kept' }), recorder.record()];
    await vi.waitFor(
      () => expect(recorder.archive.health().lastError).toMatch(/another program holds the database/),
      patience,
    );
    held.push(recorder.record());
    expect(recorder.archive.health().queuedBytes).toBeGreaterThan(0);
    other.exec('COMMIT');
    other.close();
    await recorder.archive.flush();
    expect(recorder.archive.health()).toMatchObject({
      lastError: null,
      queuedBytes: 0,
      recordedCalls: 4,
      shedCalls: 0,
      shedBodies: 0,
    });
    const { calls } = await recorder.reader.listCalls({ tree: null, limit: 10 });
    expect(calls.map((call) => call.id)).toEqual([...held.toReversed(), first]);
    expect(Buffer.from((await recorder.reader.getBody(held[0]!, 'response'))!.bytes).toString()).toBe('kept');
  });

  it('sheds bodies, then whole calls as a counted gap, when it lasts; rows that are open still close', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished), { queueLimit: 400_000 });
    onTestFinished(() => recorder.stop());
    const open = recorder.record({ open: true });
    await recorder.archive.flush();
    const other = new Database(join(recorder.dataDir, 'calls.db'));
    other.exec('BEGIN IMMEDIATE');
    recorder.record();
    await vi.waitFor(() => expect(recorder.archive.health().lastError).not.toBeNull(), patience);
    const body = 'x'.repeat(20_000);
    for (let i = 0; i < 1000; i += 1) recorder.record({ responseBody: `${i}${body}` });
    recorder.archive.emit({
      type: 'closed',
      call: open,
      at: 50_000,
      failure: null,
      requestBytes: 0,
      responseBytes: 0,
      trailers: '',
    });
    const { shedBodies, shedCalls, queuedBytes } = recorder.archive.health();
    expect(shedBodies).toBeGreaterThan(0);
    expect(shedCalls).toBeGreaterThan(0);
    expect(queuedBytes).toBeLessThan(500_000);
    other.exec('COMMIT');
    other.close();
    await recorder.archive.flush();
    const after = recorder.record();
    await recorder.archive.flush();
    const { calls } = await recorder.reader.listCalls({ tree: null, limit: 2000 });
    const { gaps } = await recorder.reader.storage();
    expect(gaps.reduce((sum, gap) => sum + gap.calls, 0)).toBe(shedCalls);
    expect(calls.length).toBe(1003 - shedCalls);
    expect(calls.every((call) => call.state === 'closed')).toBe(true);
    expect(calls[0]!.id).toBe(after);
    const marked = await Promise.all(calls.map((call) => recorder.reader.getCall(call.id)));
    expect(marked.filter((call) => call!.responseBody.truncated === 'shed').length).toBe(shedBodies);
  });
});

/** A file system of a few megabytes, or why there is none. */
function mountSmall(): { dir: string } | { reason: string } {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    rmSync(dir, { recursive: true });
    return { reason: `a small file system cannot be mounted here: ${String(error).split('\n')[0]}` };
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true });
  });
  return { dir };
}

describe('a full disk', () => {
  it('makes recording wait, says so, and what was recorded is written when there is room', async ({ skip }) => {
    const small = mountSmall();
    if ('reason' in small) return skip(small.reason);
    writeFileSync(join(small.dir, 'ballast'), Buffer.alloc(3_500_000));
    const recorder = await startRecorder(small.dir);
    onTestFinished(() => recorder.stop());
    const body = () => Buffer.from(crypto.getRandomValues(new Uint8Array(30_000)));
    let recorded = 0;
    await vi.waitFor(() => {
      recorder.record({ responseBody: body(), answered: { headers: 'content-type: application/octet-stream\r\n' } });
      recorded += 1;
      expect(recorder.archive.health().lastError).toMatch(/disk is full/);
    }, patience);
    for (let i = 0; i < 5; i += 1, recorded += 1) recorder.record();
    expect(recorder.lines.join('\n')).toMatch(/Recording waits: the disk is full/);
    rmSync(join(small.dir, 'ballast'));
    await recorder.archive.flush();
    expect(recorder.archive.health()).toMatchObject({ lastError: null, queuedBytes: 0, recordedCalls: recorded });
    expect((await recorder.reader.listCalls({ tree: null, limit: 1000 })).calls.length).toBe(recorded);
  });
});

describe('a damaged database', () => {
  it.each(['calls.db', 'bodies.db'])(
    '(%s) is moved aside at the start, and recording goes on in a new one',
    async (name) => {
      const dataDir = createDataDir(onTestFinished);
      const before = await startRecorder(dataDir);
      const old = before.record({ responseBody: '{"old":1}' });
      await before.stop();
      writeFileSync(join(dataDir, name), 'this is no database '.repeat(1000));
      const recorder = await startRecorder(dataDir);
      onTestFinished(() => recorder.stop());
      expect(recorder.lines.join('\n')).toMatch(new RegExp(`${name} is damaged .* moved to .*${name}\\.corrupt-`));
      expect(readdirSync(dataDir).some((file) => file.startsWith(`${name}.corrupt-`))).toBe(true);
      const id = recorder.record({ responseBody: '{"new":1}' });
      await recorder.archive.flush();
      // Neither ids of calls nor of bodies are used again: what is left of the old ones stays what it was.
      expect(id).toBeGreaterThan(old);
      expect(Buffer.from((await recorder.reader.getBody(id, 'response'))!.bytes).toString()).toBe('{"new":1}');
      if (name === 'bodies.db') {
        expect(await recorder.reader.getCall(old)).toMatchObject({ status: 200 });
        expect(await recorder.reader.getBody(old, 'response')).toBeNull();
      }
    },
  );

  it('found while recording is given up the same way, and recording goes on in a new one', async () => {
    const dataDir = createDataDir(onTestFinished);
    const before = await startRecorder(dataDir);
    for (let i = 0; i < 300; i += 1) before.record();
    await before.stop();
    // Rollups are first looked at when they are written.
    const path = join(dataDir, 'calls.db');
    const db = new Database(path, { readonly: true });
    const { rootpage } = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'rollups'").get() as {
      rootpage: number;
    };
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, (rootpage - 1) * 4096);
    closeSync(file);
    const recorder = await startRecorder(dataDir);
    onTestFinished(() => recorder.stop());
    recorder.record(); // committed to the old one before the damage is met, and kept in it
    await recorder.archive.flush();
    const id = recorder.record();
    await recorder.archive.flush();
    expect(await recorder.reader.getCall(id)).toMatchObject({ status: 200 });
    expect(recorder.lines.join('\n')).toMatch(/calls\.db is damaged/);
    expect(recorder.archive.health().lastError).toBeNull();
  });
});

describe('a data folder that cannot be used', () => {
  it('is refused at the start with its name and the reason', async () => {
    const dataDir = createDataDir(onTestFinished);
    writeFileSync(join(dataDir, 'file'), '');
    await expect(createArchive({ dataDir: join(dataDir, 'file', 'below'), log: () => {} })).rejects.toThrow(/ENOTDIR/);
  });

  it('of a newer version is refused with advice, and left as it is', async () => {
    const dataDir = createDataDir(onTestFinished);
    const db = new Database(join(dataDir, 'calls.db'));
    db.pragma('user_version = 99');
    db.close();
    await expect(createArchive({ dataDir, log: () => {} })).rejects.toThrow(
      /newer Sallyport \(version 99.*Update Sallyport/,
    );
    expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).toEqual([]);
  });
});

describe('a fact that makes no sense', () => {
  it('is reported once and the rest of its call is recorded', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const id = recorder.record({
      between: (call) => [
        { type: 'informed', call, at: Number.NaN, status: -5, headers: '\0\xff no colon' },
        { type: 'nonsense' as 'upgraded', call, at: 1 },
      ],
    });
    recorder.archive.emit({
      type: 'answered',
      call: 999_999,
      at: 1,
      status: 200,
      reason: '',
      protocol: 'h2',
      headers: '',
    });
    await recorder.archive.flush();
    expect(await recorder.reader.getCall(id)).toMatchObject({ state: 'closed', status: 200 });
    expect(await recorder.reader.getCall(999_999)).toBeNull();
    expect(recorder.lines.filter((line) => line.includes('could not be recorded'))).toHaveLength(1);
  });
});

describe('a call that cannot be written', () => {
  it('is marked as a gap and does not hold up the others', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const before = recorder.record();
    const other = new Database(join(recorder.dataDir, 'calls.db'));
    other.exec(
      "CREATE TRIGGER no_teapots BEFORE INSERT ON calls WHEN NEW.status = 418 BEGIN SELECT RAISE(ABORT, 'no teapots'); END",
    );
    other.close();
    const refused = recorder.record({ answered: { status: 418 } });
    const after = recorder.record();
    await recorder.archive.flush();
    expect(recorder.archive.health().lastError).toBeNull();
    expect(await recorder.reader.getCall(refused)).toBeNull();
    for (const id of [before, after]) expect(await recorder.reader.getCall(id)).toMatchObject({ status: 200 });
    expect((await recorder.reader.storage()).gaps).toMatchObject([
      { calls: 1, reason: 'The call could not be written.' },
    ]);
    expect(recorder.lines.join('\n')).toMatch(/no teapots/);
  });
});
