import type { AnswerHead } from '../../pipeline/dispatch.ts';

/**
 * An answer's head as an HTTP/1 client gets it: the origin's own lines, with the framing that this
 * connection needs. `old`: the client speaks HTTP/1.0 and knows no transfer coding.
 */
export function answerHeadText(head: AnswerHead, chunked: boolean, old: boolean, close: boolean): string {
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  const { fields } = head;
  let framed = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (old) continue;
      framed = true;
    }
    text += `${name}: ${fields[i + 1]!}\r\n`;
  }
  if (chunked && !framed) text += 'Transfer-Encoding: chunked\r\n';
  if (close) return `${text}Connection: close\r\n\r\n`;
  // We keep the client's connection a little longer than that, so the promise is ours as well.
  return head.keepAliveSeconds ? `${text}Keep-Alive: timeout=${head.keepAliveSeconds}\r\n\r\n` : `${text}\r\n`;
}
