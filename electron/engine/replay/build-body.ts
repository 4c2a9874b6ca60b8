import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { DraftBody, DraftProblem } from '../../../shared/model/replay.ts';
import { encodeProtobuf } from './protobuf-body.ts';

/** A body that can be read as often as it has to be sent. */
export interface BuiltBody {
  /** Bytes in all. */
  length: number;
  /** What is to be said in Content-Type where the draft says none. */
  contentType: string | null;
  read: () => AsyncIterable<Buffer>;
}

export type Built = { body: BuiltBody | null } | { problem: DraftProblem };

/** Replaces what stands for something else in a text, or says why it cannot. */
export type Fill = (text: string, place: string) => string;

/** Makes the bytes of a body. `fill` puts variables in and is asked for every text; files are read when they are sent. */
export async function buildBody(
  body: Exclude<DraftBody, { kind: 'recorded' }>,
  fill: Fill,
  boundary: () => string,
): Promise<Built> {
  switch (body.kind) {
    case 'none':
      return { body: null };
    case 'text':
      return { body: ofBytes(Buffer.from(fill(body.text, 'body'), 'utf8'), null) };
    case 'base64': {
      const text = fill(body.base64, 'body').replace(/\s+/g, '');
      if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return wrong('The body is no base64.');
      return { body: ofBytes(Buffer.from(text, 'base64'), null) };
    }
    case 'form': {
      const pairs = body.fields
        .filter(({ off }) => !off)
        .map(({ name, value }) => `${escapeForm(fill(name, 'body'))}=${escapeForm(fill(value, 'body'))}`);
      return { body: ofBytes(Buffer.from(pairs.join('&')), 'application/x-www-form-urlencoded') };
    }
    case 'graphql': {
      const variables = fill(body.variables, 'body').trim();
      if (variables !== '' && !isJson(variables)) return wrong('The GraphQL variables are no JSON.');
      // Written by hand, so that numbers of the variables stay as they were typed.
      const text = `{"query":${JSON.stringify(fill(body.query, 'body'))}${variables === '' ? '' : `,"variables":${variables}`}${
        body.operationName === null ? '' : `,"operationName":${JSON.stringify(fill(body.operationName, 'body'))}`
      }}`;
      return { body: ofBytes(Buffer.from(text), 'application/json') };
    }
    case 'file':
      return ofFile(fill(body.path, 'body'), null);
    case 'multipart':
      return buildMultipart(body, fill, body.boundary ?? boundary());
    case 'protobuf': {
      const encoded = encodeProtobuf({ ...body, json: fill(body.json, 'body') });
      if ('says' in encoded) return wrong(encoded.says);
      return { body: ofBytes(encoded.bytes, body.framed ? 'application/grpc' : 'application/x-protobuf') };
    }
  }
}

export function ofBytes(bytes: Buffer, contentType: string | null): BuiltBody {
  return {
    length: bytes.length,
    contentType,
    async *read() {
      if (bytes.length > 0) yield bytes;
    },
  };
}

async function ofFile(path: string, contentType: string | null): Promise<Built> {
  if (!isAbsolute(path)) return wrong(`“${path}” is no absolute path of a file.`, 'file');
  const found = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (found instanceof Error) return wrong(`The file ${path} cannot be read (${found.code ?? found.message}).`, 'file');
  if (!found.isFile()) return wrong(`${path} is no file.`, 'file');
  return { body: { length: found.size, contentType, read: () => readWhole(path, found.size) } };
}

/** A file that grows or shrinks while it is sent ends the request, rather than lying about its length. */
async function* readWhole(path: string, length: number): AsyncIterable<Buffer> {
  let left = length;
  // Read to its end: a longer file than was said is seen.
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new Error(`The file ${path} changed while it was being sent.`);
}

/** RFC 7578; names and file names are escaped as browsers do (HTML, multipart/form-data encoding). */
async function buildMultipart(body: DraftBody & { kind: 'multipart' }, fill: Fill, boundary: string): Promise<Built> {
  if (!/^[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]$/.test(boundary))
    return wrong(`“${boundary}” cannot be the boundary of a multipart body.`);
  const pieces: BuiltBody[] = [];
  for (const part of body.parts) {
    let type = part.contentType === null ? null : fill(part.contentType, 'body');
    let content: BuiltBody;
    let fileName = part.fileName;
    if (part.file === null) content = ofBytes(Buffer.from(fill(part.value ?? '', 'body')), null);
    else {
      const path = fill(part.file, 'body');
      const built = await ofFile(path, null);
      if ('problem' in built) return built;
      content = built.body ?? ofBytes(Buffer.alloc(0), null);
      fileName ??= basename(path);
      type ??= 'application/octet-stream';
    }
    if (type !== null && /[\r\n]/.test(type)) return wrong('The content type of a part holds a line break.');
    const head =
      `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(fill(part.name, 'body'))}"` +
      `${fileName === null ? '' : `; filename="${escapeName(fill(fileName, 'body'))}"`}\r\n` +
      `${type === null ? '' : `Content-Type: ${type}\r\n`}\r\n`;
    pieces.push(ofBytes(Buffer.from(head), null), content, ofBytes(Buffer.from('\r\n'), null));
  }
  pieces.push(ofBytes(Buffer.from(`--${boundary}--\r\n`), null));
  return {
    body: {
      length: pieces.reduce((sum, { length }) => sum + length, 0),
      contentType: `multipart/form-data; boundary=${/^[A-Za-z0-9'+_.-]+$/.test(boundary) ? boundary : `"${boundary}"`}`,
      async *read() {
        for (const piece of pieces) yield* piece.read();
      },
    },
  };
}

function escapeName(name: string): string {
  return name.replace(/\r\n?|\n/g, '%0D%0A').replaceAll('"', '%22');
}

/** As browsers write forms (WHATWG URL §5.2). */
function escapeForm(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function wrong(says: string, kind: DraftProblem['kind'] = 'body'): { problem: DraftProblem } {
  return { problem: { place: 'body', kind, says } };
}
