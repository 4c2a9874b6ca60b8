/**
 * What a body is, told from its declared type and from its first bytes. A declared type is believed unless the bytes
 * plainly say otherwise (an HTML error page sent as JSON is HTML); without one, the bytes decide.
 */
export const BODY_FORMS = [
  'empty',
  'json',
  'jsonl',
  'graphql',
  'xml',
  'html',
  'javascript',
  'css',
  'csv',
  'form',
  'multipart',
  'events',
  'protobuf',
  'grpc',
  'msgpack',
  'image',
  'text',
  'binary',
] as const;
export type BodyForm = (typeof BODY_FORMS)[number];

export interface Recognised {
  form: BodyForm;
  /** Media type for what shows it: `image/png`. Lower case, without parameters; '' when nobody knows. */
  mediaType: string;
  /** Charset as declared or as a byte order mark says; null when neither does. */
  charset: string | null;
  /** What it is by its bytes, when that is more exact than the form: `PDF document`; null otherwise. */
  name: string | null;
}

export interface BodyHints {
  /** The header's whole value. */
  contentType: string | null;
  /** Path of the call, for endings and `/graphql`. */
  path?: string;
}

/** Forms whose bytes are not text. */
export function isBinary(form: BodyForm): boolean {
  return form === 'binary' || form === 'protobuf' || form === 'grpc' || form === 'msgpack' || form === 'image';
}

/** How many bytes of the start are looked at. */
export const HEAD_BYTES = 4096;

const MAGIC: readonly { bytes: readonly (number | null)[]; mediaType: string; name: string | null }[] = [
  { bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], mediaType: 'image/png', name: null },
  { bytes: [0xff, 0xd8, 0xff], mediaType: 'image/jpeg', name: null },
  { bytes: [0x47, 0x49, 0x46, 0x38], mediaType: 'image/gif', name: null },
  {
    bytes: [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50],
    mediaType: 'image/webp',
    name: null,
  },
  {
    bytes: [null, null, null, null, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66],
    mediaType: 'image/avif',
    name: null,
  },
  { bytes: [0x00, 0x00, 0x01, 0x00], mediaType: 'image/x-icon', name: null },
  { bytes: [0x42, 0x4d, null, null, null, null, 0, 0, 0, 0], mediaType: 'image/bmp', name: null },
  { bytes: [0x25, 0x50, 0x44, 0x46, 0x2d], mediaType: 'application/pdf', name: 'PDF document' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], mediaType: 'application/zip', name: 'Zip archive' },
  { bytes: [0x1f, 0x8b], mediaType: 'application/gzip', name: 'Gzip data' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], mediaType: 'application/zstd', name: 'Zstandard data' },
  { bytes: [0x77, 0x4f, 0x46, 0x32], mediaType: 'font/woff2', name: 'Web font' },
  { bytes: [0x77, 0x4f, 0x46, 0x46], mediaType: 'font/woff', name: 'Web font' },
  { bytes: [0x00, 0x61, 0x73, 0x6d], mediaType: 'application/wasm', name: 'WebAssembly module' },
  { bytes: [0x4f, 0x67, 0x67, 0x53], mediaType: 'audio/ogg', name: 'Ogg audio' },
  { bytes: [0x49, 0x44, 0x33], mediaType: 'audio/mpeg', name: 'MP3 audio' },
  { bytes: [null, null, null, null, 0x66, 0x74, 0x79, 0x70], mediaType: 'video/mp4', name: 'MPEG-4 video' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], mediaType: 'application/x-sqlite3', name: 'SQLite file' },
];

/** Tells what a body is. `head`: its first bytes, `HEAD_BYTES` are enough. */
export function recogniseBody(head: Uint8Array, { contentType, path = '' }: BodyHints): Recognised {
  const declared = mediaTypeOf(contentType);
  const mark = byteOrderMark(head);
  const charset = mark?.charset ?? charsetOf(contentType);
  const found = (form: BodyForm, mediaType = declared, name: string | null = null): Recognised => ({
    form,
    mediaType,
    charset,
    name,
  });
  if (head.length === 0) return found('empty');

  const magic = MAGIC.find(({ bytes }) => bytes.every((byte, at) => byte === null || byte === head[at]));
  if (magic && !(declared === '' && magic.mediaType === 'image/bmp'))
    return found(magic.mediaType.startsWith('image/') ? 'image' : 'binary', magic.mediaType, magic.name);

  const form = formOf(declared);
  if (form === 'grpc' || form === 'protobuf' || form === 'msgpack' || form === 'multipart') return found(form);

  const start = textStart(head, mark);
  if (start === null) return found('binary');
  const bytesSay = formOfText(start);
  if (form === 'json' && (bytesSay === 'html' || bytesSay === 'xml')) return found(bytesSay);
  if (form === 'json' && isGraphql(start, path)) return found('graphql');
  if (form === 'image') return found(start.includes('<svg') ? 'image' : 'text', declared);
  if (form === 'xml' && start.includes('<svg') && declared === '') return found('image', 'image/svg+xml');
  if (form !== null && form !== 'text') return found(form);
  if (bytesSay === 'json' && isGraphql(start, path)) return found('graphql');
  if (bytesSay !== null && !(form === 'text' && bytesSay === 'form')) return found(bytesSay);
  const ending = /\.(csv|tsv|js|mjs|css|xml|html?|jsonl|ndjson)$/i.exec(path)?.[1]?.toLowerCase();
  return found((ending && BY_ENDING[ending]) || 'text');
}

const BY_ENDING: Readonly<Record<string, BodyForm>> = {
  csv: 'csv',
  tsv: 'csv',
  js: 'javascript',
  mjs: 'javascript',
  css: 'css',
  xml: 'xml',
  html: 'html',
  htm: 'html',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

/** The media type of a `Content-Type` header, lower case, without parameters; ''. */
export function mediaTypeOf(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A parameter of a header value such as `multipart/form-data; boundary="x"`; null when it has none. */
export function parameterOf(value: string | null, name: string): string | null {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(value ?? '');
  if (!found) return null;
  return found[1] === undefined ? (found[2] ?? null) : found[1].replace(/\\(.)/g, '$1');
}

function charsetOf(contentType: string | null): string | null {
  return parameterOf(contentType, 'charset')?.toLowerCase() ?? null;
}

function byteOrderMark(head: Uint8Array): { charset: string; length: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { charset: 'utf-8', length: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { charset: 'utf-16le', length: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { charset: 'utf-16be', length: 2 };
  return null;
}

/** The form a media type names; null when it says nothing (or is not there). */
function formOf(type: string): BodyForm | null {
  if (type === '' || type === 'application/octet-stream' || type === 'binary/octet-stream') return null;
  if (/^application\/(grpc|grpc-web)(\+proto)?$/.test(type)) return 'grpc';
  if (/^application\/(x-|vnd\.)?(google\.)?protobuf|[/+]proto(buf)?$|^application\/x-protobuf/.test(type))
    return 'protobuf';
  if (/^application\/(x-|vnd\.)?msgpack$/.test(type)) return 'msgpack';
  if (type.startsWith('multipart/')) return 'multipart';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'text/event-stream') return 'events';
  if (/^application\/(x-)?(ndjson|jsonl(ines)?|json-lines|json-seq)$|^application\/stream\+json$/.test(type))
    return 'jsonl';
  if (type === 'application/graphql') return 'graphql';
  if (/[/+]json5?$|^application\/x-json$|^text\/json$/.test(type)) return 'json';
  if (type === 'image/svg+xml') return 'image';
  if (type.startsWith('image/')) return 'image';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (/[/+]xml$/.test(type)) return 'xml';
  if (/^(text|application)\/(x-)?(javascript|ecmascript)$/.test(type)) return 'javascript';
  if (type === 'text/css') return 'css';
  if (type === 'text/csv' || type === 'text/tab-separated-values') return 'csv';
  if (type.startsWith('text/')) return 'text';
  return null;
}

/** The start as text, one char a byte (or a UTF-16 unit); null when it is not text. */
function textStart(head: Uint8Array, mark: { charset: string; length: number } | null): string | null {
  const end = Math.min(head.length, HEAD_BYTES);
  let text = '';
  if (mark && mark.length === 2) {
    const low = mark.charset === 'utf-16le' ? 0 : 1;
    for (let at = 2; at + 1 < end; at += 2)
      text += String.fromCharCode((head[at + low] ?? 0) | ((head[at + 1 - low] ?? 0) << 8));
    return text;
  }
  let odd = 0;
  for (let at = mark?.length ?? 0; at < end; at++) {
    const byte = head[at] ?? 0;
    if (byte === 0) return null;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) odd++;
    text += String.fromCharCode(byte);
  }
  return odd > text.length / 50 ? null : text;
}

function formOfText(start: string): BodyForm | null {
  const text = start.trimStart();
  const first = text[0];
  if (first === '{' || first === '[') {
    if (!looksLikeJson(text)) return null;
    const lines = text.split(/\r?\n/, 3);
    const whole = (line: string | undefined): boolean => line !== undefined && /^\{.*\}\s*$/.test(line);
    return whole(lines[0]) && (whole(lines[1]) || (lines[1]?.startsWith('{"') ?? false)) ? 'jsonl' : 'json';
  }
  if (/^<(!doctype\s+html|html[\s>]|head[\s>]|body[\s>])/i.test(text)) return 'html';
  if (/^<\?xml\s|^<[A-Za-z_][\w.-]*(:[\w.-]+)?(\s[^<>]*)?\/?>/.test(text)) return 'xml';
  if (/^(event|data|id|retry):/.test(text) && /\n\r?\n|\n\n/.test(text)) return 'events';
  if (/^[\w.[\]%+-]+=[^\s&]*(&[\w.[\]%+-]+=[^\s&]*)+$/.test(text)) return 'form';
  return null;
}

/** `{"`, `{}`, `[1`, `[{` …: a template or a log line in brackets is not JSON. */
function looksLikeJson(text: string): boolean {
  return /^\{\s*("|\}|$)|^\[\s*([\]{["\-\d]|true|false|null|$)/.test(text);
}

function isGraphql(start: string, path: string): boolean {
  const named = /(^|\/)(graphql|gql)(\/|$)/i.test(path);
  return (
    /"query"\s*:\s*"(\s|\\[nrt]|#)*(query|mutation|subscription|fragment|\{)/.test(start) ||
    (named && /"(operationName|extensions)"\s*:/.test(start) && /"query"\s*:/.test(start))
  );
}
