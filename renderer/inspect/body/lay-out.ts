import { isRedacted } from '../../../shared/format/redacted.ts';
import { readCsv } from '../../../shared/payload/csv.ts';
import { readGrpcMessages } from '../../../shared/payload/grpc-messages.ts';
import { readMultipart } from '../../../shared/payload/multipart.ts';
import { readPairs } from '../../../shared/payload/pairs.ts';
import { prettyJson } from '../../../shared/payload/pretty-json.ts';
import type { PrettyText } from '../../../shared/payload/pretty-json.ts';
import { prettyXml } from '../../../shared/payload/pretty-xml.ts';
import { isBinary } from '../../../shared/payload/recognise.ts';
import type { BodyForm } from '../../../shared/payload/recognise.ts';
import { decodeText } from './decode-text.ts';
import { graphqlText } from './graphql-text.ts';
import { msgpackText } from './msgpack-text.ts';
import type { Language, Look, PartFacts } from './protocol.ts';
import type { Pair } from '../../../shared/payload/pairs.ts';
import { hexText, protobufText } from './protobuf-text.ts';

export interface Held {
  bytes: Uint8Array<ArrayBuffer>;
  form: BodyForm;
  mediaType: string;
  charset: string | null;
  contentType: string | null;
}

/** A body as it is to be shown. Texts are whole here; who shows them decides how much of them crosses to the page. */
export type Laid =
  | {
      kind: 'text';
      text: string;
      folds: number[];
      language: Language;
      problem: string | null;
      charset: string | null;
      redacted: boolean;
    }
  | { kind: 'hex' }
  | { kind: 'table'; rows: string[][]; columns: number; more: boolean }
  | { kind: 'fields'; fields: Pair[] }
  | { kind: 'parts'; parts: PartFacts[]; ranges: (readonly [number, number])[] }
  | { kind: 'image'; mediaType: string };

const LANGUAGE: Partial<Record<BodyForm, Language>> = {
  json: 'json',
  jsonl: 'json',
  graphql: 'graphql',
  msgpack: 'json',
  xml: 'xml',
  html: 'html',
  javascript: 'javascript',
  css: 'css',
  protobuf: 'fields',
  grpc: 'fields',
};

/** JSON above this is not checked for being valid beyond what laying it out shows. */
const CHECKED = 5_000_000;

export async function layOut(
  held: Held,
  look: Look,
  form: BodyForm,
  inflate: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<Laid> {
  if (look === 'hex') return { kind: 'hex' };
  const { bytes } = held;
  const plain = (says?: string): Laid => {
    const { text, says: charset } = decodeText(bytes, held.charset);
    const raw: Language = form === 'graphql' ? 'json' : isBinary(form) ? 'plain' : (LANGUAGE[form] ?? 'plain');
    return { kind: 'text', text, folds: [], language: raw, problem: says ?? null, charset, redacted: isRedacted(text) };
  };
  if (look === 'raw') return plain();
  const lay = (source: string, { text, folds, problem }: PrettyText, charset: string | null): Laid => ({
    kind: 'text',
    text,
    folds,
    language: LANGUAGE[form] ?? 'plain',
    problem: problem?.says ?? null,
    charset,
    redacted: isRedacted(source),
  });
  const made = (text: string | null, what: string): Laid =>
    text === null
      ? isBinary(form)
        ? { kind: 'hex' }
        : plain(`it cannot be read as ${what}`)
      : {
          kind: 'text',
          text,
          folds: [],
          language: LANGUAGE[form] ?? 'plain',
          problem: null,
          charset: null,
          redacted: isRedacted(text),
        };

  switch (form) {
    case 'json':
    case 'jsonl': {
      const { text, says } = decodeText(bytes, held.charset);
      const pretty = prettyJson(text);
      const problem = pretty.problem?.says ?? (form === 'json' && text.length <= CHECKED ? jsonFault(text) : null);
      return lay(text, { ...pretty, problem: problem === null ? null : { at: 0, says: problem } }, says);
    }
    case 'xml': {
      const { text, says } = decodeText(bytes, held.charset ?? xmlCharset(bytes));
      return lay(text, prettyXml(text), says);
    }
    case 'graphql':
      return made(graphqlText(decodeText(bytes, held.charset).text), 'GraphQL');
    case 'form':
      return { kind: 'fields', fields: readPairs(decodeText(bytes, held.charset).text) };
    case 'multipart': {
      const parts = readMultipart(bytes, held.contentType);
      if (parts.length === 0) return plain('its boundary was not found');
      return {
        kind: 'parts',
        parts: parts.map(({ name, fileName, headers, contentType, start, end, whole }, index) => ({
          title: [name ?? `part ${index + 1}`, fileName].filter((one) => one !== null).join(' · '),
          headers,
          contentType,
          bytes: end - start,
          whole,
        })),
        ranges: parts.map(({ start, end }) => [start, end] as const),
      };
    }
    case 'csv': {
      const { rows, columns, more } = readCsv(decodeText(bytes, held.charset).text);
      return { kind: 'table', rows, columns, more };
    }
    case 'protobuf':
      return made(protobufText(bytes), 'protobuf');
    case 'grpc':
      return made(await grpcText(bytes, inflate), 'gRPC');
    case 'msgpack': {
      const text = msgpackText(bytes);
      return text === null ? made(null, 'MessagePack') : lay(text, prettyJson(text), null);
    }
    case 'image':
      return { kind: 'image', mediaType: held.mediaType };
    case 'binary':
      return { kind: 'hex' };
    case 'empty':
    case 'html':
    case 'javascript':
    case 'css':
    case 'events':
    case 'text':
      return plain();
  }
}

async function grpcText(
  bytes: Uint8Array<ArrayBuffer>,
  inflate: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<string | null> {
  const messages = readGrpcMessages(bytes);
  if (messages.length === 0) return null;
  const said: string[] = [];
  for (const [index, { start, end, compressed, trailers, whole }] of messages.entries()) {
    let content: Uint8Array = bytes.slice(start, end);
    const notes = [trailers ? `trailers` : `message ${index + 1}`, `${end - start} bytes`];
    if (compressed) {
      try {
        content = await inflate(bytes.slice(start, end));
        notes.push(`compressed, ${content.length} unpacked`);
      } catch {
        notes.push('compressed, could not be unpacked');
      }
    }
    if (!whole) notes.push('cut');
    const text = trailers
      ? new TextDecoder().decode(content).trim()
      : content.length === 0
        ? ''
        : (protobufText(content) ?? hexText(content, 512));
    said.push(`# ${notes.join(', ')}${text === '' ? '' : `\n${text}`}`);
  }
  return said.join('\n\n');
}

function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/, "?[\s\S]*$/, '') : 'it is not valid';
  }
}

function xmlCharset(bytes: Uint8Array<ArrayBuffer>): string | null {
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 200));
  return /^<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? null;
}
