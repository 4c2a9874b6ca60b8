import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLeases } from '../../electron/api/leases.ts';
import { lockEngine } from '../../electron/hosts/engine-lock.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import { createWork } from '../../electron/engine/jobs/work.ts';
import type { Job } from '../../shared/contract/jobs.ts';
import { createStubEngine } from '../fixtures/stub-engine.ts';
import { createDataDir, startRecorder } from '../harness/recorder.ts';

const TOKEN = 'a-token-of-a-test';

async function openHost() {
  const recorder = await startRecorder(createDataDir(onTestFinished));
  const { archive, reader, dataDir } = recorder;
  const jobs = createWork({ archive, reader, dataDir, version: '1.2.3', log: () => {} });
  const engine = { ...createStubEngine(), reader, jobs };
  const host = await openWorkspaceHost({
    doors: { engine, leases: createLeases(), shutdown: null },
    port: 0,
    token: TOKEN,
    log: (line) => {
      throw new Error(line);
    },
  });
  onTestFinished(async () => {
    await host.close();
    await jobs.stop();
    await recorder.stop();
  });
  const ask = (path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> =>
    fetch(new URL(path, host.url), { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  return { recorder, jobs, host, ask, dataDir };
}

const entry = {
  startedDateTime: '2026-11-20T10:00:00Z',
  request: { method: 'GET', url: 'https://a.example/', headers: [] },
  response: { status: 200, headers: [], content: { text: 'hello', mimeType: 'text/plain' } },
};
const har = JSON.stringify({ log: { entries: [entry, entry, entry] } });

describe('files over the loopback door', () => {
  it('a HAR file that is sent is imported as it comes, and answered with the job', async () => {
    const { recorder, ask } = await openHost();
    const answer = await ask('/api/import?name=a%20file.har', { method: 'POST', body: gzipSync(har) });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      kind: 'import',
      subject: 'a file.har',
      state: 'done',
      message: '3 calls imported.',
    });
    expect((await recorder.reader.listCalls({ tree: null, limit: 10 })).calls).toHaveLength(3);
    const bad = await ask('/api/import', { method: 'POST', body: 'no har' });
    expect([bad.status, ((await bad.json()) as Job).message]).toEqual([
      422,
      'This is not a whole HAR file: at byte 0 this is no JSON object.',
    ]);
  });

  it('longer files than any question are taken', async () => {
    const { recorder, ask } = await openHost();
    const long = {
      ...entry,
      response: { ...entry.response, content: { text: 'x'.repeat(900_000), mimeType: 'text/plain' } },
    };
    const body = JSON.stringify({ log: { entries: Array.from({ length: 12 }, () => long) } });
    expect((await ask('/api/import', { method: 'POST', body })).status).toBe(200);
    expect((await recorder.reader.storage()).calls).toBe(12);
  });

  it('an export is fetched by its name, and nothing else is', async () => {
    const { recorder, jobs, ask } = await openHost();
    recorder.record({ responseBody: 'hello' });
    await recorder.archive.flush();
    const started = jobs.exportCalls({ tree: null, format: 'har', bodies: true }, 'all');
    let job = started;
    while (job.state === 'running') {
      await new Promise((resolve) => setImmediate(resolve));
      job = jobs.list().find(({ id }) => id === started.id)!;
    }
    const file = await ask(job.download!);
    expect([file.status, file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
      200,
      'application/json',
      expect.stringMatching(/^attachment; filename="sallyport-.*\.har"$/),
    ]);
    expect(((await file.json()) as { log: { entries: unknown[] } }).log.entries).toHaveLength(1);
    for (const path of ['/api/exports/calls.db', '/api/exports/..%2fcalls.db', '/api/exports/sallyport.har'])
      expect((await ask(path)).status).toBe(404);
    expect((await ask(job.download!, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(new URL(job.download!, (await ask('/api/system')).url))).status).toBe(401);
  });

  it('sallyport import sends a file to the engine that runs, and says how it went', async () => {
    const { recorder, host, dataDir } = await openHost();
    const lock = lockEngine(dataDir);
    onTestFinished(() => lock.release());
    lock.announce({
      proxy: 'http://127.0.0.1:1',
      workspace: host.url,
      token: TOKEN,
      ca: '',
      pid: process.pid,
      version: 'x',
      ephemeral: false,
      reach: [],
    });
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-import-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'good.har'), har);
    writeFileSync(join(folder, 'bad.har'), har.slice(0, 200));
    const run = async (file: string): Promise<[number | null, string]> => {
      const child = spawn(process.execPath, ['electron/cli/main.ts', 'import', file, '--data', dataDir], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece));
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      return [code, said];
    };
    expect(await run(join(folder, 'good.har'))).toEqual([0, expect.stringContaining('3 calls imported.')]);
    expect(await run(join(folder, 'bad.har'))).toEqual([
      1,
      expect.stringMatching(/bad\.har: This is not a whole HAR file: at byte 200 it ends too early/),
    ]);
    expect(await run(join(folder, 'none.har'))).toEqual([2, expect.stringContaining('cannot be read (ENOENT)')]);
    expect((await recorder.reader.storage()).calls).toBe(3);
  });
});
