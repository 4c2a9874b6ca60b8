import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createJsonElements } from '../../../shared/bytes/json-elements.ts';
import type { JsonElement } from '../../../shared/bytes/json-elements.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import { countOf, formatSize } from '../../../shared/format/quantities.ts';
import { harFacts, harProcess } from './har-facts.ts';
import { harReadSchema } from './har-shape.ts';
import type { Outcome, Progress } from './jobs.ts';

/** A call's facts, and who made it when the file says. */
export interface ImportedCall {
  facts: CallEvent[];
  process: ProcessIdentity | null;
}

/** Most bytes of one entry: its bodies in base64, and more. */
const LONGEST_ENTRY = 256 * 1024 * 1024;

/**
 * Reads a HAR file, perhaps gzip-compressed, as it comes in, and gives the facts of its calls, whole calls only, `call` still
 * to be set. In the memory of one entry. An entry that cannot be read is passed over and told of; a file that is no HAR at
 * all rejects with a sentence that says where.
 */
export async function importHar(
  give: (call: ImportedCall) => Promise<void>,
  file: Readable,
  bytes: number | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  const elements = createJsonElements(['log', 'entries'], LONGEST_ENTRY);
  let read = 0;
  let calls = 0;
  const passed: string[] = [];

  async function take(element: JsonElement): Promise<void> {
    const read = readCall(element);
    if (typeof read === 'string') passed.push(`entry ${element.index + 1} (byte ${element.at}): ${read}`);
    else {
      calls += 1;
      await give(read);
    }
  }

  progress.tell(0, bytes);
  try {
    for await (const chunk of plainBytes(file, (size) => progress.tell((read += size), bytes), signal)) {
      for (const element of elements.push(chunk)) {
        signal.throwIfAborted();
        await take(element);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`The file could not be read to its end: ${sentence(error)}.${soFar(calls)}`, { cause: error });
  }
  const problem = elements.end();
  if (problem) throw new Error(`This is not a whole HAR file: at byte ${problem.at} ${problem.says}.${soFar(calls)}`);
  progress.tell(read, read);
  const rest =
    passed.length === 0 ? '' : ` ${countOf(passed.length, 'entry', 'entries')} could not be read; first: ${passed[0]}.`;
  return { message: `${countOf(calls, 'call')} imported.${rest}` };
}

/** All facts of an entry, or why it has none. Made before any is given away: half a call is no call. */
function readCall({ bytes }: JsonElement): ImportedCall | string {
  if (bytes === null) return `it is longer than ${formatSize(LONGEST_ENTRY)}`;
  try {
    const read = harReadSchema.safeParse(
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
    );
    if (!read.success) return read.error.issues[0]?.message ?? 'it is no HAR entry';
    return { facts: [...harFacts(read.data, 0)], process: harProcess(read.data) };
  } catch (error) {
    return sentence(error);
  }
}

/** The file's bytes, unpacked when they begin as gzip does (no JSON text does). */
async function* plainBytes(
  file: Readable,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const giveUp = (): void => void file.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const chunks = counted(file, onRead);
    const first = await chunks.next();
    if (first.done) return;
    const all = joined(first.value, chunks);
    if (first.value[0] !== 0x1f) {
      yield* all;
      return;
    }
    const gunzip = createGunzip();
    // A mistake in the file, or on the way here, comes out of the unpacked side.
    pipeline(Readable.from(all, { objectMode: false }), gunzip, () => {});
    yield* gunzip as AsyncIterable<Buffer>;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function* counted(file: Readable, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of file as AsyncIterable<Buffer>) {
    onRead(chunk.length);
    if (chunk.length > 0) yield chunk;
  }
}

async function* joined(first: Buffer, others: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}

function soFar(calls: number): string {
  return calls === 0 ? '' : ` ${countOf(calls, 'call')} before that ${calls === 1 ? 'is' : 'are'} kept.`;
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
