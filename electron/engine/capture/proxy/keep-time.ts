import type { AnswerHead } from '../../pipeline/dispatch.ts';

/** As long as common servers keep a connection when the origin does not say; else a little longer than it says. */
const KEEP_MS = 75_000;
const KEEP_MARGIN_MS = 1_000;

/** How long (ms) a program's connection is kept that had this answer and asks no more. */
export function keepTimeAfter(head: AnswerHead): number {
  return head.keepAliveSeconds ? head.keepAliveSeconds * 1000 + KEEP_MARGIN_MS : KEEP_MS;
}
