import { jsonPathAt } from '../../shared/payload/json-path.ts';
import { HEAD_BYTES, recogniseBody } from '../../shared/payload/recognise.ts';
import { compareBodies } from './body/compare-bodies.ts';
import { readConversation } from './body/read-conversation.ts';
import { findText } from './body/find-text.ts';
import { layOut } from './body/lay-out.ts';
import type { Held, Laid } from './body/lay-out.ts';
import { indexRows } from './body/row-index.ts';
import type { RowIndex } from './body/row-index.ts';
import type { AskName, Asks, BodyHint, BodySource, FromWorker, Opened, Shown, ToWorker } from './body/protocol.ts';

/**
 * Reads one body: fetches its bytes, tells what they are, decodes and lays them out, and hands the page what it shows of
 * them. So the page's own thread never touches a large text.
 */

/** Longer texts, and those with longer lines, stay here and are shown through a window. */
const MOST_CHARACTERS = 1_000_000;
const LONGEST_LINE = 10_000;

let held: Held | null = null;
let hint: BodyHint = { contentType: null, path: '' };
let laid: Laid = { kind: 'hex' };
let index: RowIndex | null = null;

const answers: { [Name in AskName]: (ask: Asks[Name]['ask'], number: number) => Promise<Asks[Name]['answer']> } = {
  async open({ source, hint: given }, number) {
    hint = given;
    held = null;
    laid = { kind: 'hex' };
    index = null;
    const { bytes, ...facts } = await load(source, number);
    const found = recogniseBody(bytes.subarray(0, HEAD_BYTES), hint);
    const coded = facts.contentEncoding !== null;
    held = {
      bytes,
      contentType: hint.contentType,
      form: coded ? 'binary' : found.form,
      mediaType: found.mediaType,
      charset: found.charset,
    };
    return { bytes: bytes.length, form: held.form, mediaType: found.mediaType, name: found.name, ...facts };
  },

  async show({ look, form }) {
    const body = here();
    laid = await layOut(body, look, form ?? body.form, inflate);
    index = null;
    return shown(body);
  },

  rows({ from, count }) {
    const rows: { texts: string[]; starts: number[]; lines: number[] } = { texts: [], starts: [], lines: [] };
    if (laid.kind === 'text' && index) {
      for (let row = from; row < Math.min(index.rows, from + count); row++) {
        rows.texts.push(laid.text.slice(index.startOf(row), index.endOf(row)));
        rows.starts.push(index.startOf(row));
        rows.lines.push(index.lineOf(row));
      }
    }
    return Promise.resolve(rows);
  },

  hex({ from, count }) {
    return Promise.resolve({ bytes: here().bytes.slice(from * 16, (from + count) * 16) });
  },

  cells({ from, count }) {
    return Promise.resolve({ rows: laid.kind === 'table' ? laid.rows.slice(from + 1, from + 1 + count) : [] });
  },

  find(ask) {
    return Promise.resolve(findText(laid.kind === 'text' ? laid.text : '', ask));
  },

  row({ offset }) {
    return Promise.resolve({ row: index ? index.rowAt(offset) : 0 });
  },

  path({ offset }) {
    return Promise.resolve({ path: laid.kind === 'text' ? jsonPathAt(laid.text, offset) : '$' });
  },

  part({ index: part }) {
    const [start, end] = (laid.kind === 'parts' ? laid.ranges[part] : undefined) ?? [0, 0];
    return Promise.resolve({ bytes: here().bytes.slice(start, end) });
  },

  text({ most = Infinity }) {
    if (laid.kind === 'text') return Promise.resolve({ text: laid.text.slice(0, most) });
    if (laid.kind === 'table') return Promise.resolve({ text: laid.rows.map((row) => row.join('\t')).join('\n') });
    return Promise.resolve({ text: new TextDecoder().decode(here().bytes).slice(0, most) });
  },

  chat: (ask) => readConversation(ask),
  compare: (ask) => compareBodies(ask),
};

function here(): Held {
  if (!held) throw new Error('No body is open.');
  return held;
}

function shown(body: Held): Shown {
  switch (laid.kind) {
    case 'text': {
      const { text, folds, language, problem, charset, redacted } = laid;
      const rows = indexRows(text);
      const facts = { language, lines: rows.lines, problem, charset, redacted };
      if (text.length <= MOST_CHARACTERS && rows.longestLine <= LONGEST_LINE)
        return { kind: 'text', text, folds, ...facts };
      index = rows;
      return { kind: 'rows', rows: rows.rows, characters: text.length, ...facts };
    }
    case 'hex':
      return { kind: 'hex', rows: Math.ceil(body.bytes.length / 16) };
    case 'table': {
      const { rows, columns, more } = laid;
      return { kind: 'table', rows: Math.max(0, rows.length - 1), columns, head: rows[0] ?? [], more };
    }
    case 'fields':
      return laid;
    case 'parts':
      return { kind: 'parts', parts: laid.parts };
    case 'image':
      return { kind: 'image', bytes: body.bytes.slice(), mediaType: laid.mediaType };
  }
}

async function load(
  source: BodySource,
  number: number,
): Promise<Pick<Opened, 'contentEncoding' | 'truncated'> & { bytes: Uint8Array<ArrayBuffer> }> {
  if ('bytes' in source) return { bytes: source.bytes, contentEncoding: null, truncated: null };
  const answer = await fetch(source.url);
  if (!answer.ok) {
    const refusal = (await answer.json().catch(() => null)) as { message?: unknown } | null;
    throw new Error(typeof refusal?.message === 'string' ? refusal.message : `The engine answered ${answer.status}.`);
  }
  const total = Number(answer.headers.get('content-length') ?? 0) || null;
  const truncated = answer.headers.get('sallyport-truncated');
  return {
    bytes: await collect(answer, total, number),
    contentEncoding: answer.headers.get('sallyport-content-encoding'),
    truncated: truncated === 'limit' || truncated === 'shed' || truncated === 'cut' ? truncated : null,
  };
}

/** The bytes as they come, with word of how far it is. */
async function collect(answer: Response, total: number | null, number: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!answer.body) return new Uint8Array(await answer.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  let told = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    loaded += chunk.length;
    if (loaded - told > 1_000_000) {
      told = loaded;
      say({ number, progress: { loaded, total } });
    }
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Undoes gRPC's message compression, as far as browsers know it. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const format = hint.grpcEncoding === 'deflate' ? 'deflate' : 'gzip';
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function say(message: FromWorker): void {
  self.postMessage(message);
}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  const answer = answers[data.name] as (ask: unknown, number: number) => Promise<Asks[AskName]['answer']>;
  void (async () => {
    try {
      say({ number: data.number, answer: await answer(data, data.number) });
    } catch (error) {
      say({ number: data.number, error: error instanceof Error ? error.message : String(error) });
    }
  })();
});
