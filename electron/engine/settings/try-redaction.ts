import { createRedactor } from '../../../shared/redaction/redactor.ts';
import { rulesWith } from '../../../shared/redaction/rules.ts';

export type SampleKind = 'headers' | 'query' | 'json' | 'form' | 'text';

const TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded', text: 'text/plain' } as const;
const MASKS = /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/g;

/** A sample as it would be stored, and how many values were redacted in it. Nothing is kept. */
export function tryRedaction(options: {
  sample: string;
  as: SampleKind;
  redaction: { names: readonly string[]; plain: readonly string[] };
  fingerprint: (secret: string) => string;
}): { redacted: string; found: number } {
  const { sample, as, redaction, fingerprint } = options;
  const redactor = createRedactor({ fingerprint, rules: rulesWith(redaction) });
  // Rules read bytes, one char each.
  const bytes = Buffer.from(sample, 'utf8').toString('latin1');
  const read = (): string => {
    if (as === 'headers') return redactor.headers(bytes);
    if (as !== 'query') return redactor.body(bytes, TYPES[as], false);
    return bytes.includes('?') ? redactor.target(bytes) : redactor.target(`?${bytes}`).slice(1);
  };
  const redacted = read();
  const masks = (text: string): number => text.match(MASKS)?.length ?? 0;
  return { redacted: Buffer.from(redacted, 'latin1').toString('utf8'), found: masks(redacted) - masks(bytes) };
}
