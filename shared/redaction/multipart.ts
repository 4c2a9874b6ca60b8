/**
 * Goes through the parts of a multipart/form-data body (RFC 7578) given as bytes (one char a byte)
 * and lets `change` replace each part's content. What stands between the parts is kept as it is; a
 * body cut in the middle of a part is read up to there.
 */
export function changeParts(
  text: string,
  boundary: string,
  change: (name: string | null, type: string | null, content: string) => string,
): string {
  const delimiter = `--${boundary}`;
  const out: string[] = [];
  let copied = 0;
  let at = text.indexOf(delimiter);
  while (at >= 0) {
    const from = at + delimiter.length;
    const next = text.indexOf(delimiter, from);
    const end = next < 0 ? text.length : next;
    const headEnd = /\r?\n\r?\n/g;
    headEnd.lastIndex = from;
    const head = headEnd.exec(text);
    if (head && head.index < end) {
      const start = head.index + head[0].length;
      const stop =
        next < 0 ? end : end - (text.startsWith('\r\n', end - 2) ? 2 : text.charAt(end - 1) === '\n' ? 1 : 0);
      if (stop > start) {
        const headers = text.slice(from, head.index);
        const content = text.slice(start, stop);
        const changed = change(
          nameOf(headers),
          /^content-type:\s*([^;\r\n]+)/im.exec(headers)?.[1]?.trim().toLowerCase() ?? null,
          content,
        );
        if (changed !== content) {
          out.push(text.slice(copied, start), changed);
          copied = stop;
        }
      }
    }
    at = next;
  }
  if (copied === 0) return text;
  out.push(text.slice(copied));
  return out.join('');
}

function nameOf(headers: string): string | null {
  const found = /^content-disposition:[^\r\n]*?[;\s]name=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/im.exec(headers);
  return found?.[1] ?? found?.[2] ?? null;
}

/** The boundary of a multipart content type, or null. */
export function boundaryOf(contentType: string): string | null {
  const found = /^\s*multipart\/[^;]+;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2] ?? null;
}
