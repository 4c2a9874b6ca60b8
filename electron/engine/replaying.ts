import { createRedactor, type Redactor } from '../../shared/redaction/redactor.ts';
import { rulesWith } from '../../shared/redaction/rules.ts';
import type { Reader } from './analytics/reader.ts';
import type { Archive } from './archive/archive.ts';
import { createFingerprint } from './archive/fingerprint-key.ts';
import type { Dispatch } from './pipeline/dispatch.ts';
import { createReplay } from './replay/replay-face.ts';
import { withoutEngine } from './replay/without-engine.ts';

type RedactionNames = Parameters<typeof rulesWith>[0];

/** Sending calls again, with what it needs of the other rooms. */
export function keepReplaying(given: {
  archive: Pick<Archive, 'secretsOf' | 'flush'>;
  reader: Pick<Reader, 'getCall' | 'getBody'>;
  dispatch: Dispatch;
  nextCallId: () => number;
  fingerprintKey: Buffer;
  redaction: RedactionNames;
}) {
  const { archive, reader } = given;
  const fingerprint = createFingerprint(given.fingerprintKey);
  let names = given.redaction;
  let redactor: Redactor | null = null;
  const rules = (): Redactor => (redactor ??= createRedactor({ fingerprint, rules: rulesWith(names) }));
  const replay = createReplay({
    secretsOf: archive.secretsOf,
    callOf: reader.getCall,
    bodyOf: (call) => reader.getBody(call, 'request'),
    redact: {
      headers: (lines, of) => rules().headers(lines, of),
      target: (target) => rules().target(target),
      body: (text, type, cut) => rules().body(text, type, cut),
    },
    variables: async () => ({ values: new Map(), secrets: new Set() }),
    credential: async () => null,
    guard: { isProduction: () => false },
    dispatch: given.dispatch,
    nextCallId: given.nextCallId,
  });
  return {
    face: { ...withoutEngine(), ...replay },
    redact(next: RedactionNames) {
      names = next;
      redactor = null;
    },
  };
}
