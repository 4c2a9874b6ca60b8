import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createWork } from '../../../electron/engine/jobs/work.ts';
import type { Job } from '../../../shared/contract/jobs.ts';
import { startRecorder } from '../../harness/recorder.ts';

it('on a full disk an export says so and leaves nothing, and deleting and compacting leave every call whole', async (context) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dataDir], { stdio: 'pipe' });
  } catch (error) {
    rmSync(dataDir, { recursive: true });
    return context.skip(`a small file system cannot be mounted here: ${String(error).split('\n')[0]}`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', dataDir]);
    rmSync(dataDir, { recursive: true });
  });
  const recorder = await startRecorder(dataDir);
  const { archive, reader } = recorder;
  const work = createWork({ archive, reader, dataDir, version: '1', log: () => {} });
  onTestFinished(async () => {
    await work.stop();
    await recorder.stop();
  });
  const ended = async ({ id }: Job): Promise<Job> => {
    const now = (): Job => work.list().find((job) => job.id === id)!;
    await vi.waitFor(() => expect(now().state).not.toBe('running'), { timeout: 20_000, interval: 5 });
    return now();
  };
  for (let i = 0; i < 40; i += 1)
    recorder.record({
      responseBody: crypto.getRandomValues(new Uint8Array(60_000)),
      answered: { headers: 'content-type: image/png\r\n' },
    });
  await archive.flush();
  const { bavail, bsize } = statfsSync(dataDir);
  writeFileSync(join(dataDir, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - 1024 * 1024)));

  const failed = await ended(work.exportCalls({ tree: null, format: 'har', bodies: true }, 'all'));
  expect(failed).toMatchObject({
    state: 'failed',
    download: null,
    message: expect.stringMatching(/^The disk is full \(ENOSPC\)/),
  });
  expect(readdirSync(join(dataDir, 'exports'))).toEqual([]);

  writeFileSync(join(dataDir, 'filler-2'), Buffer.alloc(Math.max(0, statfsSync(dataDir).bavail * bsize - 4096)));
  const removal = await ended(work.removeCalls({ tree: null, ids: [1, 2, 3], pinned: false }, '3 calls'));
  const compaction = await ended(work.compact());
  // Whether there was room enough left for either is the file system's affair; a failure has a sentence.
  for (const job of [removal, compaction])
    expect([job.state, job.message]).toEqual(
      job.state === 'done' ? ['done', expect.any(String)] : ['failed', expect.stringMatching(/disk is full/)],
    );
  const { calls } = await reader.listCalls({ tree: null, limit: 100 });
  expect([37, 40]).toContain(calls.length);

  // With room again it goes on.
  rmSync(join(dataDir, 'filler'));
  rmSync(join(dataDir, 'filler-2'));
  await vi.waitFor(async () => {
    expect((await ended(work.removeCalls({ tree: null, ids: [1, 2, 3], pinned: false }, '3 calls'))).state).toBe(
      'done',
    );
  }, 15_000);
  expect((await ended(work.compact())).state).toBe('done');
  expect((await reader.listCalls({ tree: null, limit: 100 })).calls).toHaveLength(37);
  expect((await reader.getBody(40, 'response'))!.bytes.length).toBe(60_000);
});
