import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createWork } from '../../../electron/engine/jobs/work.ts';
import type { Work } from '../../../electron/engine/jobs/work.ts';
import type { Job } from '../../../shared/contract/jobs.ts';
import { processKey } from '../../../shared/model/caller.ts';
import { identityOf } from '../store/samples.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';
import type { Recorder } from '../../harness/recorder.ts';

interface Har {
  log: { creator: { name: string }; entries: Record<string, any>[] }; // oxlint-disable-line typescript/no-explicit-any
}

async function setUp(): Promise<{ recorder: Recorder; work: Work; lines: string[] }> {
  const recorder = await startRecorder(createDataDir(onTestFinished));
  const lines: string[] = [];
  const { archive, reader, dataDir } = recorder;
  const work = createWork({ archive, reader, dataDir, version: '1.2.3', log: (line) => lines.push(line) });
  onTestFinished(async () => {
    await work.stop();
    await recorder.stop();
  });
  return { recorder, work, lines };
}

/** The job as it is when it has ended. */
async function ended(work: Work, { id }: Job): Promise<Job> {
  const now = (): Job => work.list().find((job) => job.id === id)!;
  await vi.waitFor(() => expect(now().state).not.toBe('running'), { timeout: 20_000, interval: 5 });
  return now();
}

function exported(work: Work, job: Job): string {
  return readFileSync(work.exportFile(job.download!.replace('/api/exports/', ''))!, 'utf8');
}

const importText = (work: Work, bytes: string | Buffer): Job =>
  work.importHar(Readable.from([Buffer.from(bytes)]), 'a.har', Buffer.byteLength(bytes));
const everything = { tree: null, format: 'har' as const, bodies: true };

describe('an export', () => {
  it('has the chosen calls, oldest first, with their bodies, in a file only its owner can read', async () => {
    const { recorder, work } = await setUp();
    for (let i = 1; i <= 20; i += 1)
      recorder.record({ answered: { status: i % 4 === 0 ? 500 : 200 }, responseBody: `{"n":${i}}` });
    await recorder.archive.flush();
    const job = await ended(
      work,
      work.exportCalls(
        { ...everything, tree: { op: 'number', field: 'status', comparison: '=', value: 500 } },
        'status:500',
      ),
    );
    expect(job).toMatchObject({ state: 'done', done: 5, total: 5, subject: 'status:500', message: '5 calls written.' });
    const { log } = JSON.parse(exported(work, job)) as Har;
    expect(log.entries.map((entry) => entry['response'].content.text)).toEqual(
      [4, 8, 12, 16, 20].map((n) => `{"n":${n}}`),
    );
    const file = work.exportFile(job.download!.replace('/api/exports/', ''))!;
    expect(statSync(file).mode & 0o077).toBe(0);
    const named = await ended(work, work.exportCalls({ ...everything, ids: [3, 1, 999], format: 'ndjson' }, '3 calls'));
    expect(
      exported(work, named)
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual(['1', '3']);
    await work.stop();
    expect(readdirSync(recorder.dataDir)).not.toContain('exports');
  });

  it('that is given up leaves no file', async () => {
    const { recorder, work } = await setUp();
    for (let i = 1; i <= 400; i += 1) recorder.record({ responseBody: 'x'.repeat(1000) });
    await recorder.archive.flush();
    const job = await work.cancel(work.exportCalls(everything, 'all calls').id);
    expect(job).toMatchObject({ state: 'cancelled', download: null });
    expect(
      readdirSync(join(recorder.dataDir)).includes('exports') ? readdirSync(join(recorder.dataDir, 'exports')) : [],
    ).toEqual([]);
    expect(await work.cancel(99)).toBeNull();
  });
});

describe('an import', () => {
  it('of our own export gives the same export again, but for numbers and source', async () => {
    const first = await setUp();
    const { recorder } = first;
    recorder.record({
      requestBody: '{"a":"é"}',
      opened: {
        method: 'POST',
        headers:
          'Host: api.example.com\r\nX-Dup: 1\r\nx-dup: 2\r\nX-Latin: caf\xe9\r\nContent-Type: application/json\r\n',
      },
      responseBody: '{"ok":true}',
    });
    recorder.record({
      responseBody: gzipSync('{"packed":"yes, it was"}'),
      answered: {
        headers:
          'content-type: application/json\r\ncontent-encoding: gzip\r\nset-cookie: theme=a\r\nset-cookie: size=b\r\n',
      },
    });
    recorder.record({
      responseBody: Buffer.from([0, 255, 1, 254]),
      answered: { headers: 'content-type: image/png\r\n' },
    });
    recorder.record({
      closed: { failure: { kind: 'reset', detail: 'The origin reset the connection (ECONNRESET).' } },
    });
    recorder.record({
      opened: { scheme: 'https' },
      answered: { status: 101, reason: 'Switching Protocols' },
      between: (call) => [
        { type: 'upgraded', call, at: 1500 },
        {
          type: 'message',
          call,
          at: 1600,
          direction: 'sent',
          opcode: 1,
          size: 2,
          deflated: false,
          data: Buffer.from('hi'),
        },
        {
          type: 'message',
          call,
          at: 1700,
          direction: 'received',
          opcode: 2,
          size: 3,
          deflated: false,
          data: Buffer.from([1, 2, 0]),
        },
        {
          type: 'message',
          call,
          at: 1800,
          direction: 'received',
          opcode: 8,
          size: 5,
          deflated: false,
          data: Buffer.from([3, 232, 98, 121, 101]),
        },
      ],
    });
    recorder.record({
      responseBody: 'data: one\n\ndata: two\n\n',
      answered: { headers: 'content-type: text/event-stream\r\n' },
    });
    const identity = identityOf({ pid: 4211, name: 'node', user: 'ada', command: 'node pay.mjs' });
    const named = recorder.record({ opened: { process: processKey(identity), tags: { run: 'r1' } } });
    recorder.archive.noteProcess(processKey(identity), identity);
    recorder.archive.emit({
      type: 'identified',
      call: named,
      by: 'agent',
      app: null,
      process: null,
      unknown: null,
      site: {
        package: 'stripe',
        callsite: '/srv/pay.ts:4',
        frames: [{ function: 'pay', file: '/srv/pay.ts', line: 4, column: 2, package: null, version: null }],
      },
      trace: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
      tags: null,
    });
    await recorder.archive.flush();
    const file = exported(first.work, await ended(first.work, first.work.exportCalls(everything, 'all')));

    const second = await setUp();
    const job = await ended(second.work, importText(second.work, gzipSync(file)));
    expect(job).toMatchObject({ state: 'done', message: '7 calls imported.' });
    const again = exported(second.work, await ended(second.work, second.work.exportCalls(everything, 'all')));
    const comparable = (text: string): unknown =>
      JSON.parse(text, (key, value: unknown) =>
        ['id', 'captured', 'source', 'sources'].includes(key) ? undefined : value,
      );
    expect(comparable(again)).toEqual(comparable(file));
    expect(file).toContain('"callsite":"/srv/pay.ts:4"');
    expect((JSON.parse(again) as Har).log.entries.every((entry) => entry['_sallyport'].source === 'import')).toBe(true);
  });

  it('takes what other tools write, and redacts it like everything else', async () => {
    const { recorder, work } = await setUp();
    const secret = ['sk', 'live', 'q'.repeat(24)].join('_');
    const base = { startedDateTime: '2026-11-20T10:00:00.123+01:00', time: 30, cache: {} };
    const entries = [
      // Chrome: HTTP/2's own headers, cookies joined by line breaks, sizes not known, no answer.
      {
        ...base,
        request: {
          method: 'GET',
          url: 'https://a.example/x?b=1#c',
          httpVersion: 'h2',
          headers: [
            { name: ':path', value: '/x' },
            { name: 'authorization', value: `Bearer ${secret}` },
          ],
          queryString: [],
          headersSize: -1,
          bodySize: 0,
        },
        response: {
          status: 200,
          statusText: '',
          httpVersion: 'h2',
          headers: [
            { name: 'set-cookie', value: 'a=1\nb=2' },
            { name: 'content-encoding', value: 'br' },
          ],
          content: { size: 5, mimeType: 'text/plain', text: 'hello' },
          bodySize: -1,
          _transferSize: 99,
        },
        timings: { blocked: 1, dns: 2, connect: 10, ssl: 6, send: 0.5, wait: 5, receive: 1.25 },
        serverIPAddress: '[2001:db8::1]',
      },
      {
        ...base,
        request: { method: 'GET', url: 'http://gone.example/', headers: [] },
        response: { status: 0, _error: 'net::ERR_NAME_NOT_RESOLVED' },
        timings: {},
      },
      // Firefox: parameters without text. mitmproxy: base64.
      {
        ...base,
        request: {
          method: 'POST',
          url: 'http://f.example:8080/form',
          headers: [],
          postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a', value: '1 2' }] },
        },
        response: { status: 204, headers: [], content: { size: 0, mimeType: '' } },
        timings: { send: 0, wait: 1, receive: 0 },
      },
      {
        ...base,
        request: { method: 'GET', url: 'https://m.example', headers: [] },
        response: {
          status: 200,
          headers: [{ name: 'Content-Type', value: 'image/png' }],
          content: {
            size: 4,
            mimeType: 'image/png',
            text: Buffer.from([9, 0, 9, 0]).toString('base64'),
            encoding: 'base64',
          },
        },
        timings: {},
      },
      {
        ...base,
        startedDateTime: 'yesterday',
        request: { method: 'GET', url: 'https://no.example/', headers: [] },
        response: {},
        timings: {},
      },
      { pageref: 'nothing' },
    ];
    const job = await ended(
      work,
      importText(work, `\ufeff${JSON.stringify({ log: { version: '1.2', pages: [], entries } })}`),
    );
    expect(job.state).toBe('done');
    expect(job.message).toMatch(
      /^4 calls imported\. 2 entries could not be read; first: entry 5 \(byte \d+\): its startedDateTime “yesterday” is no time\.$/,
    );
    const chrome = (await recorder.reader.getCall(1))!;
    expect(chrome).toMatchObject({
      source: 'import',
      path: '/x',
      query: '?b=1',
      protocol: 'h2',
      startedAt: Date.UTC(2026, 10, 20, 9, 0, 0, 123) * 1000,
      timeToFirstByteUs: 18_500,
      durationUs: 19_750,
    });
    expect(chrome.responseHeaders.filter(([name]) => name === 'set-cookie')).toHaveLength(2);
    expect(chrome.attempts).toMatchObject([
      { remoteAddress: '2001:db8::1', dnsUs: 2000, connectUs: 4000, tlsUs: 6000 },
    ]);
    expect(JSON.stringify(chrome)).not.toContain(secret);
    const body = (await recorder.reader.getBody(1, 'response'))!;
    expect([Buffer.from(body.bytes).toString(), body.contentEncoding]).toEqual(['hello', null]);
    expect(await recorder.reader.getCall(2)).toMatchObject({ status: null, failure: { kind: 'dns' } });
    expect(Buffer.from((await recorder.reader.getBody(3, 'request'))!.bytes).toString()).toBe('a=1+2');
    expect([...(await recorder.reader.getBody(4, 'response'))!.bytes]).toEqual([9, 0, 9, 0]);
    const found = await recorder.reader.listCalls({ tree: { op: 'body', text: 'hello' }, limit: 10 });
    expect(found.calls.map(({ id }) => id)).toEqual([1]);
  });

  it('of a file that is damaged says where, and keeps what came before', async () => {
    const { work } = await setUp();
    const entry = {
      startedDateTime: '2026-11-20T10:00:00Z',
      request: { method: 'GET', url: 'https://a.example/', headers: [] },
      response: { status: 200 },
    };
    const text = JSON.stringify({ log: { entries: [entry, entry] } });
    expect(await ended(work, importText(work, text.slice(0, -40)))).toMatchObject({
      state: 'failed',
      message: `This is not a whole HAR file: at byte ${text.length - 40} it ends too early, in the middle of element 2. 1 call before that is kept.`,
    });
    expect(await ended(work, importText(work, '<!doctype html>'))).toMatchObject({
      state: 'failed',
      message: 'This is not a whole HAR file: at byte 0 this is no JSON object.',
    });
    expect((await ended(work, importText(work, gzipSync(text).subarray(0, 60)))).message).toMatch(
      /^The file could not be read to its end: unexpected end of file/,
    );
    expect(await ended(work, importText(work, '{"log":{}}'))).toMatchObject({
      state: 'failed',
      message: 'This is not a whole HAR file: at byte 10 it has no list log.entries.',
    });
  });
});

describe('deleting and compacting', () => {
  it('run as jobs that tell how far they are, and can be given up', async () => {
    const { recorder, work } = await setUp();
    const seen: Job[][] = [];
    onTestFinished(work.onChanged(() => seen.push(work.list())));
    for (let i = 1; i <= 1200; i += 1)
      recorder.record({ answered: { status: i % 2 === 0 ? 500 : 200 }, responseBody: `body ${i}` });
    await recorder.archive.flush();
    await recorder.archive.work('mark', { ids: [2], pinned: true });
    const job = await ended(
      work,
      work.removeCalls(
        { tree: { op: 'number', field: 'status', comparison: '>=', value: 500 }, pinned: false },
        'status:5xx',
      ),
    );
    expect(job).toMatchObject({
      state: 'done',
      done: 600,
      total: 600,
      message: '599 calls deleted. 1 call stayed: open, or pinned.',
    });
    expect(await recorder.reader.storage()).toMatchObject({
      calls: 601,
      bodies: 601,
      gaps: [{ calls: 599, reason: 'Deleted on request.' }],
    });
    expect(await ended(work, work.compact())).toMatchObject({ state: 'done', unit: 'bytes' });
    expect((await recorder.reader.listCalls({ tree: null, limit: 1000 })).calls).toHaveLength(601);
    const given = await work.cancel(work.removeCalls({ tree: null, pinned: true }, 'all calls').id);
    expect(given!.state).toBe('cancelled');
    expect((await recorder.reader.storage()).calls).toBeGreaterThan(0);
  });
});
