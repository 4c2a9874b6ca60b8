import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReader } from '../../electron/engine/analytics/reader.ts';
import type { Reader } from '../../electron/engine/analytics/reader.ts';
import { createArchive } from '../../electron/engine/archive/archive.ts';
import type { Archive, ArchiveOptions } from '../../electron/engine/archive/archive.ts';
import type { Answered, CallEvent, Closed, Opened } from '../../shared/events/call-event.ts';

/** A data folder of its own, deleted when the test is over. */
export function createDataDir(onEnd: (work: () => void) => void): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-store-'));
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Recorder {
  dataDir: string;
  archive: Archive;
  reader: Reader;
  lines: string[];
  /** Emits a simple call and gives its id; `parts` replace or add facts. */
  record: (parts?: RecordParts) => number;
  stop: () => Promise<void>;
}

export interface RecordParts {
  opened?: Partial<Opened>;
  answered?: Partial<Answered>;
  closed?: Partial<Closed>;
  requestBody?: Uint8Array | string;
  responseBody?: Uint8Array | string;
  /** Facts between the answer and the end. */
  between?: (call: number) => CallEvent[];
  /** Left open. */
  open?: boolean;
}

/** An archive and a reader over one folder. */
export async function startRecorder(dataDir: string, options: Partial<ArchiveOptions> = {}): Promise<Recorder> {
  const lines: string[] = [];
  const archive = await createArchive({ dataDir, log: (line) => lines.push(line), ...options });
  const reader = createReader({ dataDir });
  return {
    dataDir,
    archive,
    reader,
    lines,
    record(parts = {}) {
      const call = archive.nextCallId();
      for (const event of factsOf(call, parts)) archive.emit(event);
      return call;
    },
    async stop() {
      await archive.stop();
      await reader.stop();
    },
  };
}

/** The facts of one simple call. */
export function factsOf(
  call: number,
  { opened, answered, closed, requestBody = '', responseBody = '', between, open }: RecordParts,
): CallEvent[] {
  const request = Buffer.from(requestBody as string);
  const response = Buffer.from(responseBody as string);
  const facts: CallEvent[] = [
    {
      type: 'opened',
      call,
      startedAt: 1_795_000_000_000_000 + call * 1000,
      kind: 'http',
      source: 'proxy',
      app: 'billing',
      clientAddress: '127.0.0.1',
      method: 'GET',
      scheme: 'https',
      host: 'api.example.com',
      port: 443,
      target: `/v1/things/${call}?page=2`,
      protocol: 'http/1.1',
      headers: 'Host: api.example.com\r\nAccept: */*\r\n',
      process: null,
      tags: null,
      ...opened,
    },
  ];
  for (let at = 0; at < request.length; at += 65_536)
    facts.push({ type: 'request-data', call, at: 5, data: request.subarray(at, at + 65_536) });
  facts.push(
    { type: 'request-ended', call, at: 10, bytes: request.length, trailers: '' },
    {
      type: 'attempted',
      call,
      startedAt: 1,
      reused: false,
      remoteAddress: '10.1.2.3',
      remotePort: 443,
      protocol: 'h2',
      dnsUs: 100,
      connectUs: 200,
      tlsUs: 300,
      via: null,
      failure: null,
      tls: {
        version: 'TLSv1.3',
        cipher: 'TLS_AES_128_GCM_SHA256',
        alpn: 'h2',
        serverName: 'api.example.com',
        chain: ['ab'.repeat(32)],
        verdict: 'trusted',
      },
    },
    {
      type: 'answered',
      call,
      at: 1500,
      status: 200,
      reason: 'OK',
      protocol: 'h2',
      headers: 'content-type: application/json\r\nx-request-id: abc\r\n',
      ...answered,
    },
  );
  for (let at = 0; at < response.length; at += 65_536)
    facts.push({ type: 'response-data', call, at: 1600, data: response.subarray(at, at + 65_536) });
  facts.push(...(between?.(call) ?? []));
  if (!open)
    facts.push({
      type: 'closed',
      call,
      at: 2000,
      failure: null,
      requestBytes: request.length,
      responseBytes: response.length,
      trailers: '',
      ...closed,
    });
  return facts;
}

/** Whether a text is in any file of the folder, logs of the databases included. */
export function filesWith(dataDir: string, text: string): string[] {
  return readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes(text));
}
