import type { Identified } from '../../../shared/events/call-event.ts';
import { PROCESS_UNKNOWN } from '../../../shared/model/caller.ts';
import type { CallSite, Tags } from '../../../shared/model/caller.ts';
import type { ByteReader } from '../store/byte-reader.ts';
import type { ByteWriter } from '../store/byte-writer.ts';

/** Who made a call, as bytes of a slab. */
export function writeIdentified(out: ByteWriter, event: Identified): void {
  out.number(event.call);
  out.byte(event.by === 'socket' ? 0 : 1);
  out.text(event.app);
  out.text(event.process);
  out.byte(event.unknown === null ? 255 : PROCESS_UNKNOWN.indexOf(event.unknown));
  out.byte(event.site === null ? 0 : 1);
  if (event.site !== null) writeSite(out, event.site);
  out.text(event.trace?.traceId ?? null);
  out.text(event.trace?.spanId ?? null);
  writeTags(out, event.tags);
}

function writeSite(out: ByteWriter, site: CallSite): void {
  out.text(site.package);
  out.text(site.callsite);
  out.number(site.frames.length);
  for (const frame of site.frames) {
    out.text(frame.function);
    out.text(frame.file);
    out.number(frame.line);
    out.number(frame.column);
    out.text(frame.package);
    out.text(frame.version);
  }
}

/** Chars of a site, at most; times three for bytes. */
export function roomForSite(site: CallSite | null): number {
  if (site === null) return 0;
  let room = lengthOf(site.package) + lengthOf(site.callsite);
  for (const frame of site.frames)
    room += 24 + lengthOf(frame.function) + frame.file.length + lengthOf(frame.package) + lengthOf(frame.version);
  return room;
}

export function writeTags(out: ByteWriter, tags: Tags | null): void {
  const pairs = tags === null ? [] : Object.entries(tags);
  out.number(pairs.length);
  for (const [name, value] of pairs) {
    out.text(name);
    out.text(value);
  }
}

export function roomForTags(tags: Tags | null): number {
  if (tags === null) return 0;
  let room = 0;
  for (const name in tags) room += name.length + tags[name]!.length + 8;
  return room;
}

export function readIdentified(from: ByteReader, call: number): Identified {
  const by = from.byte() === 0 ? 'socket' : 'agent';
  const app = from.text();
  const process = from.text();
  const unknown = from.byte();
  const site = from.byte() === 0 ? null : readSite(from);
  const traceId = from.text();
  const spanId = from.text();
  return {
    type: 'identified',
    call,
    by,
    app,
    process,
    unknown: PROCESS_UNKNOWN[unknown] ?? null,
    site,
    trace: traceId === null ? null : { traceId, spanId },
    tags: readTags(from),
  };
}

function readSite(from: ByteReader): CallSite {
  const site: CallSite = { package: from.text(), callsite: from.text(), frames: [] };
  for (let left = from.number(); left > 0; left -= 1)
    site.frames.push({
      function: from.text(),
      file: from.text() ?? '',
      line: from.number(),
      column: from.number(),
      package: from.text(),
      version: from.text(),
    });
  return site;
}

export function readTags(from: ByteReader): Tags | null {
  let left = from.number();
  if (left === 0) return null;
  const tags: Record<string, string> = {};
  for (; left > 0; left -= 1) tags[from.text() ?? ''] = from.text() ?? '';
  return tags;
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}
