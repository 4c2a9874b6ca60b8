import { createHmac } from 'node:crypto';
import { shellQuote } from '../../../../shared/format/shell-quote.ts';
import { createCommandRedactor } from '../../../../shared/redaction/command-line.ts';
import { rulesWith } from '../../../../shared/redaction/rules.ts';
import type { OwnNames } from './messages.ts';

const LONGEST = 2000;
/** More is not read: a command line may be megabytes. */
const MOST_ARGUMENTS = 200;

/** Writes command lines as people would type them, without credentials. `key`: of the fingerprints in masks. */
export function createCommandText(key: Uint8Array, own: OwnNames): (args: readonly string[]) => string | null {
  const redact = createCommandRedactor({
    // The same fingerprint as the recorder's, so that a key is known again.
    fingerprint: (secret) => createHmac('sha256', key).update(secret, 'latin1').digest('hex').slice(0, 8),
    rules: rulesWith(own),
  });
  return (args) => {
    if (args.length === 0) return null;
    const bytes = args.slice(0, MOST_ARGUMENTS).map((arg) => Buffer.from(arg.slice(0, 8192)).toString('latin1'));
    const words = redact(bytes).map((arg) => quote(Buffer.from(arg, 'latin1').toString('utf8')));
    const text = words.join(' ');
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  };
}

/** A mask stays readable. */
function quote(word: string): string {
  return /^[\w./:@%+=,*()-]+$/.test(word) ? word : shellQuote(word);
}
