/**
 * The data of server-sent events (WHATWG HTML §9.2.6) in pieces as they come, nothing held: for readers that want little of
 * much. Fed with Latin-1 pieces (one char a byte) cut anywhere. See `sse.ts` for whole events.
 */
export interface SsePieces {
  push(piece: string): void;
  /** The stream ended: an event without its closing blank line is told, too. */
  end(): void;
}

export interface SseSink {
  /** More of the event's data; `name`: the event's, when it was said before. Data lines are joined by \n. */
  data(piece: string, name: string | null): void;
  /** The event is over. */
  event(name: string | null): void;
}

const LONGEST_NAME = 256;

export function createSsePieces(sink: SseSink): SsePieces {
  let field = '';
  /** Where in its line the stream is: in the field's name, right behind the colon, in the value. */
  let place: 'field' | 'space' | 'value' = 'field';
  let name = '';
  let dataLines = 0;
  let afterCr = false;
  let first = true;

  function takePart(piece: string, from: number, to: number): void {
    let at = from;
    if (place === 'field') {
      const colon = piece.indexOf(':', at);
      const stop = colon < 0 || colon >= to ? to : colon;
      if (field.length < 16) field += piece.slice(at, stop);
      if (first && field.startsWith('\xef\xbb\xbf')) field = field.slice(3); // one byte order mark may lead
      if (stop === to) return;
      place = 'space';
      at = stop + 1;
      if (field === 'data') {
        if (dataLines > 0) sink.data('\n', name === '' ? null : name);
        dataLines += 1;
      } else if (field === 'event') name = '';
    }
    if (place === 'space' && at < to) {
      if (piece.charCodeAt(at) === 32) at += 1;
      place = 'value';
    }
    if (at >= to) return;
    if (field === 'data') sink.data(piece.slice(at, to), name === '' ? null : name);
    else if (field === 'event' && name.length < LONGEST_NAME) name += piece.slice(at, to);
  }

  function endLine(): void {
    first = false;
    if (place === 'field' && field === '') dispatch();
    field = '';
    place = 'field';
  }

  function dispatch(): void {
    if (dataLines > 0) sink.event(name === '' ? null : name);
    dataLines = 0;
    name = '';
  }

  const lineEnd = /[\r\n]/g;
  return {
    push(piece) {
      let at = 0;
      if (afterCr && piece.length > 0) {
        if (piece.charCodeAt(0) === 10) at = 1;
        afterCr = false;
      }
      while (at < piece.length) {
        lineEnd.lastIndex = at;
        const found = lineEnd.exec(piece);
        const end = found ? found.index : piece.length;
        if (end > at) takePart(piece, at, end);
        if (!found) return;
        at = end + 1;
        if (piece.charCodeAt(end) === 13) {
          if (at >= piece.length) afterCr = true;
          else if (piece.charCodeAt(at) === 10) at += 1;
        }
        endLine();
      }
    },
    end() {
      endLine();
      dispatch();
    },
  };
}
