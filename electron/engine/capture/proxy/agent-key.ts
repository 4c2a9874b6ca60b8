import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { fieldOf } from './target.ts';

/** The agent's key for failures, when a governed call comes with one; never passed on. */
export function readAgentKey(fields: Fields): string | null {
  const key = fieldOf(fields, 'proxy-sallyport-key');
  return key !== null && /^[0-9a-f]{32}$/.test(key) ? key : null;
}

/**
 * The line by which the agent knows that an answer is ours, and turns it into the error that the program would have
 * met without us: `key kind code address`, `-` where a part is not known.
 */
export function failureLine(key: string, failure: Failure, address: string | null): string {
  const code = /\(([A-Z][A-Z0-9_]{2,60})\)/.exec(failure.detail)?.[1] ?? '-';
  return `Sallyport-Failure: ${key} ${failure.kind} ${code} ${address ?? '-'}\r\n`;
}
