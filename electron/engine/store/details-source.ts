import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import type { Header } from '../../../shared/model/call.ts';
import { ByteReader } from './byte-reader.ts';
import { plainOf } from './content-coding.ts';
import { TEXT_LIMIT } from './index-pages.ts';
import { readHeaderLines } from './details-codec.ts';
import type { Db } from './open.ts';
import type { BodyReader } from './read-bodies.ts';
import type { DetailsSource } from './matching.ts';
import { readDetailsPage } from './read-details.ts';
import { prepared } from './read-rows.ts';

const KEPT_TEXTS = 256;

/** Headers and bodies of calls for filters that ask for them; pages lately unpacked are kept. */
export function createDetailsSource(db: Db, bodies: BodyReader | null): DetailsSource {
  const texts = new Map<number, string | null>();

  function detailsOf(id: number, page: number | null): Buffer | null {
    if (page === null)
      return (
        (prepared(db, 'SELECT data FROM loose WHERE call = ?').get(id) as { data: Buffer } | undefined)?.data ?? null
      );
    return readDetailsPage(db, page)?.get(id) ?? null;
  }

  function linesOf(id: number, page: number | null): { request: string; response: string } {
    const details = detailsOf(id, page);
    return details ? readHeaderLines(new ByteReader(details)) : { request: '', response: '' };
  }

  function bodyText(body: number | null): string | null {
    if (body === null || bodies === null) return null;
    let text = texts.get(body);
    if (text === undefined) {
      const stored = bodies.body(body);
      const plain = stored === null ? null : plainOf(stored.bytes, stored.coding, TEXT_LIMIT);
      text = plain === null ? null : plain.toString('utf8', 0, Math.min(plain.length, TEXT_LIMIT));
      if (texts.size >= KEPT_TEXTS) texts.clear();
      texts.set(body, text);
    }
    return text;
  }

  return {
    lines: linesOf,
    of: ({ id, page, request_body, response_body }) => ({
      *headers(): Iterable<Header> {
        const { request, response } = linesOf(id, page);
        yield* parseHeaderLines(request);
        yield* parseHeaderLines(response);
      },
      *bodies() {
        yield bodyText(request_body);
        yield bodyText(response_body);
        if (bodies !== null) yield* bodies.messageTexts(id);
      },
    }),
  };
}
