/**
 * Reads a stream of server-sent events (WHATWG HTML §9.2.6) fed in chunks cut anywhere. Sans-io.
 *
 * Works on Latin-1 strings (one char a byte): every mark of the format is ASCII, so nothing is lost
 * by decoding the text of an event later, when it is whole.
 */
export interface ServerSentEvent {
  /** The event's name; null when the stream did not name it (the browser would say `message`). */
  name: string | null;
  /** The last `id:` of this event, null when it had none. */
  id: string | null;
  /** Its data lines joined by \n, one char a byte. Shorter than `size` when over the limit. */
  data: string;
  /** Bytes of the whole data. */
  size: number;
}

export interface SseReader {
  /** Takes the next piece (one char a byte) and gives the events it completed. */
  push(chunk: string): ServerSentEvent[];
  /** The stream ended: an event without its closing blank line is given too, since a debugger wants to see it. */
  end(): ServerSentEvent[];
}

/** A reader that keeps at most `limit` bytes of an unfinished line or event, and counts the rest. */
export function createSseReader(limit = 1024 * 1024): SseReader {
  let rest = '';
  let overflow = 0; // bytes of an unfinished line beyond the limit
  let afterCr = false;
  let first = true;
  let name: string | null = null;
  let id: string | null = null;
  let data = '';
  let size = 0;
  let dataLines = 0;

  function takeField(field: string, value: string, lost: number): void {
    if (field === 'data') {
      if (dataLines > 0) {
        size += 1;
        if (data.length < limit) data += '\n';
      }
      dataLines += 1;
      size += value.length + lost;
      if (data.length < limit) data += value.length + data.length > limit ? value.slice(0, limit - data.length) : value;
    } else if (field === 'event') {
      name = value === '' ? null : value;
    } else if (field === 'id' && !value.includes('\0')) {
      id = value;
    }
  }

  function dispatch(out: ServerSentEvent[]): void {
    if (dataLines > 0) out.push({ name, id, data, size });
    name = null;
    id = null;
    data = '';
    size = 0;
    dataLines = 0;
  }

  function takeLine(line: string, lost: number, out: ServerSentEvent[]): void {
    let text = line;
    if (first) {
      first = false;
      if (text.startsWith('\xef\xbb\xbf')) text = text.slice(3); // one byte order mark may lead
    }
    if (text === '') {
      dispatch(out);
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return; // a comment, often a keep-alive
    if (colon < 0) takeField(text, '', lost);
    else takeField(text.slice(0, colon), text.slice(text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1), lost);
  }

  return {
    push(chunk) {
      const out: ServerSentEvent[] = [];
      let at = 0;
      if (afterCr && chunk.length > 0) {
        if (chunk.charCodeAt(0) === 10) at = 1;
        afterCr = false;
      }
      const lineEnd = /[\r\n]/g;
      while (at < chunk.length) {
        lineEnd.lastIndex = at;
        const found = lineEnd.exec(chunk);
        const end = found ? found.index : chunk.length;
        const room = limit - rest.length;
        if (end - at <= room) rest += chunk.slice(at, end);
        else {
          rest += chunk.slice(at, at + Math.max(0, room));
          overflow += end - at - Math.max(0, room);
        }
        if (!found) break;
        at = end + 1;
        if (chunk.charCodeAt(end) === 13) {
          if (at >= chunk.length) afterCr = true;
          else if (chunk.charCodeAt(at) === 10) at += 1;
        }
        const line = rest;
        const lost = overflow;
        rest = '';
        overflow = 0;
        takeLine(line, lost, out);
      }
      return out;
    },
    end() {
      const out: ServerSentEvent[] = [];
      if (rest !== '') takeLine(rest, overflow, out);
      rest = '';
      overflow = 0;
      dispatch(out);
      return out;
    },
  };
}
