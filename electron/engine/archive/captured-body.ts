import type { StoredBody } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import type { Redactor } from '../../../shared/redaction/redactor.ts';
import { digestOf } from '../store/bodies-writer.ts';
import type { NewBody } from '../store/bodies-writer.ts';
import type { Store } from '../store/store.ts';
import { codingsOf, decodeContent } from '../store/content-coding.ts';

/** The captured bytes of one side of a call, with what says how to read them. */
export interface Captured {
  bytes: Buffer;
  /** The (redacted) header block of the same side. */
  lines: string;
  wireBytes: number;
  /** Where it came from: bodies of one place are often the same. */
  place: string;
  /** Its content codings are undone already. */
  plain: boolean;
  /** Not all of it was captured, or it did not come whole. */
  cut: boolean;
}

export interface BodyKeeper {
  /** Redacts and stores a body; new ones are added to `fresh`, to be committed with their call. */
  keep(captured: Captured, fresh: NewBody[]): StoredBody;
  /** Forgets which bodies are stored: old ones may have been evicted. */
  forget(): void;
}

/** Most bytes a body may become when its codings are undone to look for secrets. */
export const DECODED_LIMIT = 16 * 1024 * 1024;
const REMEMBERED = 4096;
const LATEST = 256;
const LATEST_BYTES = 32 * 1024;

interface Latest {
  bytes: Buffer;
  type: string | null;
  encoding: string | null;
  wireBytes: number;
  stored: StoredBody;
}

/**
 * Bodies repeat: what was made of one is remembered by the hash of its raw bytes (in memory only)
 * and how it is to be read.
 *
 * A body whose codings cannot be undone cannot be searched for secrets, so it is not kept.
 */
export function createBodyKeeper(store: Pick<Store, 'bodyFor'>, redactor: Redactor): BodyKeeper {
  const known = new Map<string, { stored: StoredBody; secrets: boolean }>();
  /** Bodies seen again, by where they came from. */
  const latest = new Map<string, Latest>();

  function make(
    { bytes, wireBytes, cut, plain: isPlain }: Captured,
    type: string | null,
    encoding: string | null,
    digest: string,
    fresh: NewBody[],
  ): { stored: StoredBody; secrets: boolean } {
    const codings = codingsOf(encoding);
    let plain = bytes;
    if (codings.length > 0) {
      const decoding = decodeContent(bytes, codings, DECODED_LIMIT);
      if (decoding.kind !== 'decoded') {
        return {
          stored: {
            captured: null,
            capturedBytes: 0,
            decodedBytes: null,
            truncated: decoding.kind === 'too-big' ? 'limit' : 'cut',
          },
          secrets: false,
        };
      }
      plain = decoding.bytes;
    }
    const decodedBytes = isPlain
      ? cut
        ? null
        : bytes.length
      : codings.length === 0
        ? wireBytes
        : cut
          ? null
          : plain.length;
    const text = plain.latin1Slice(0, plain.length);
    const clean = redactor.body(text, type, cut);
    const secrets = clean !== text;
    const kept = secrets ? Buffer.from(clean, 'latin1') : bytes;
    const coding = secrets || codings.length === 0 ? null : encoding;
    const body = store.bodyFor(kept, secrets, coding, secrets ? undefined : digest);
    if (body.fresh) fresh.push({ id: body.id, bytes: kept, digest: body.digest, redacted: secrets, coding });
    return { stored: { captured: body.id, capturedBytes: bytes.length, decodedBytes }, secrets };
  }

  return {
    keep(captured, fresh) {
      const { bytes, lines, wireBytes } = captured;
      if (bytes.length === 0) return { captured: null, capturedBytes: 0, decodedBytes: wireBytes === 0 ? 0 : null };
      const type = headerValue(lines, 'content-type');
      const encoding = captured.plain ? null : headerValue(lines, 'content-encoding');
      // The same answer from the same place: comparing bytes is ten times cheaper than hashing them.
      const last = latest.get(captured.place);
      if (
        last !== undefined &&
        last.type === type &&
        last.encoding === encoding &&
        last.wireBytes === wireBytes &&
        !captured.cut &&
        last.bytes.equals(bytes)
      ) {
        return last.stored;
      }
      const digest = digestOf(bytes);
      const key = `${digest}${captured.cut ? wireBytes : ''}${captured.plain ? ' plain' : ''} ${encoding ?? ''}|${type ?? ''}`;
      const before = known.get(key);
      // A body with secrets is read again, so that the call's raw values are known for replay.
      if (before && !before.secrets) {
        if (!captured.cut && bytes.length <= LATEST_BYTES) {
          if (latest.size >= LATEST) latest.clear();
          latest.set(captured.place, { bytes: Buffer.from(bytes), type, encoding, wireBytes, stored: before.stored });
        }
        return before.stored;
      }
      const made = make(captured, type, encoding, digest, fresh);
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, made);
      return made.stored;
    },
    forget() {
      known.clear();
      latest.clear();
    },
  };
}
