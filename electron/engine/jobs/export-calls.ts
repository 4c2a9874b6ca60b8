import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { callRecord } from '../../../shared/format/call-record.ts';
import { harEntry } from '../../../shared/format/har.ts';
import { countOf } from '../../../shared/format/quantities.ts';
import type { Call, Message } from '../../../shared/model/call.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { readBodyContent } from '../../content/body-content.ts';
import { decodeBody } from '../../content/decode-body.ts';
import type { CallSource } from './call-source.ts';
import { chosenCalls, countChosen } from './chosen-calls.ts';
import type { Choice } from './chosen-calls.ts';
import type { Outcome, Progress } from './jobs.ts';

export interface ExportChoice extends Choice {
  format: 'har' | 'ndjson';
  bodies: boolean;
}

/** Where an export is written, and what it says wrote it. */
export interface ExportPlace {
  folder: string;
  name: string;
  version: string;
}

/** Calls whose bodies are unpacked at the same time. */
const AT_ONCE = 16;
/** Characters gathered before they are written. */
const PIECE = 256 * 1024;

/**
 * Writes calls to a file in `folder`, oldest first, in the memory of a few calls; gives its name. What was written is
 * removed when it is given up or fails.
 */
export async function exportCalls(
  reader: CallSource,
  choice: ExportChoice,
  { folder, name, version }: ExportPlace,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const path = join(folder, name);
  const beside = `${path}.part`;
  const file = await open(beside, 'wx', 0o600);
  let calls = 0;
  let total: number | null = null;
  countChosen(reader, choice, signal).then(
    (count) => progress.tell(calls, (total = count)),
    () => {}, // the number is a courtesy
  );
  try {
    const out = createPieces(file);
    if (choice.format === 'har')
      await out.write(
        `{"log":{"version":"1.2","creator":${JSON.stringify({ name: 'Sallyport', version })},"entries":[`,
      );
    for await (const page of chosenCalls(reader, choice, signal)) {
      for (let at = 0; at < page.length; at += AT_ONCE) {
        signal.throwIfAborted();
        const entries = await Promise.all(page.slice(at, at + AT_ONCE).map((call) => entryOf(reader, call, choice)));
        for (const entry of entries) {
          if (entry === null) continue; // gone since it was listed
          const separator = choice.format === 'ndjson' ? '' : calls === 0 ? '\n' : ',\n';
          await out.write(`${separator}${entry}${choice.format === 'ndjson' ? '\n' : ''}`);
          calls += 1;
        }
        progress.tell(calls, total);
      }
    }
    if (choice.format === 'har') await out.write('\n]}}\n');
    await out.end();
    await file.close();
    await rename(beside, path);
    progress.tell(calls, calls);
    return { message: `${countOf(calls, 'call')} written.`, download: `/api/exports/${name}` };
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

async function entryOf(
  reader: CallSource,
  summary: CallSummary,
  { format, bodies }: ExportChoice,
): Promise<string | null> {
  if (format === 'ndjson') return JSON.stringify(callRecord(summary));
  const call = await reader.getCall(summary.id);
  if (!call) return null;
  const [requestBody, responseBody, messages] = bodies
    ? await Promise.all([bodyOf(reader, call, 'request'), bodyOf(reader, call, 'response'), messagesOf(reader, call)])
    : [null, null, []];
  return JSON.stringify(harEntry({ call, requestBody, responseBody, messages }));
}

async function bodyOf(reader: CallSource, call: Call, side: 'request' | 'response') {
  if (call[`${side}Body`].captured === null) return null;
  const body = await reader.getBody(call.id, side);
  if (!body) return null;
  const { bytes } = await decodeBody(body.bytes, body.contentEncoding);
  return readBodyContent(bytes, body.contentType);
}

async function messagesOf(reader: CallSource, call: Call): Promise<Message[]> {
  const all: Message[] = [];
  if (call.messages === 0) return all;
  for (;;) {
    const page = await reader.listMessages({ call: call.id, after: all.length, limit: 1000 });
    all.push(...page);
    if (page.length < 1000) return all;
  }
}

/** Text to a file in pieces; waits for the disk. */
function createPieces(file: FileHandle): { write(text: string): Promise<void>; end(): Promise<void> } {
  let held: string[] = [];
  let size = 0;
  async function flush(): Promise<void> {
    const bytes = Buffer.from(held.join(''));
    held = [];
    size = 0;
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
  return {
    async write(text) {
      held.push(text);
      size += text.length;
      if (size >= PIECE) await flush();
    },
    end: flush,
  };
}
