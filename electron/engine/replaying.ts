import { join } from 'node:path';
import { createRedactor, type Redactor } from '../../shared/redaction/redactor.ts';
import { rulesWith } from '../../shared/redaction/rules.ts';
import type { Reader } from './analytics/reader.ts';
import type { Archive } from './archive/archive.ts';
import { createFingerprint, loadFingerprintKey } from './archive/fingerprint-key.ts';
import type { Dispatch } from './pipeline/dispatch.ts';
import { createReplay } from './replay/replay-face.ts';
import { createCollections, USUAL_FOLDER } from './replay/collections/collections-face.ts';
import { createEnvironments } from './replay/environments/environments-face.ts';
import { withoutEngine } from './replay/without-engine.ts';

type RedactionNames = Parameters<typeof rulesWith>[0];

/** Sending calls again, with what it needs of the other rooms. */
export function keepReplaying(given: {
  archive: Pick<Archive, 'flush' | 'secretsOf' | 'emit'>;
  reader: Pick<Reader, 'getCall' | 'getBody'>;
  dataDir: string;
  around: { dispatch: Dispatch; nextCallId: () => number };
  redaction: RedactionNames;
}) {
  const { archive, reader } = given;
  const fingerprint = createFingerprint(loadFingerprintKey(given.dataDir));
  let names = given.redaction;
  let redactor: Redactor | null = null;
  const rules = (): Redactor => (redactor ??= createRedactor({ fingerprint, rules: rulesWith(names) }));
  const environments = createEnvironments(given.dataDir, true);
  const redact = {
    headers: (lines: string, of: 'request') => rules().headers(lines, of),
    target: (target: string) => rules().target(target),
    body: (text: string, type: string | null, cut: boolean) => rules().body(text, type, cut),
  };
  const replay = createReplay({
    secretsOf: archive.secretsOf,
    callOf: reader.getCall,
    bodyOf: (call) => reader.getBody(call, 'request'),
    redact,
    variables: async (environment) => environments.variables(environment),
    credential: async (name) => environments.credentialOf(name),
    guard: environments,
    dispatch: given.around.dispatch,
    nextCallId: given.around.nextCallId,
    emit: archive.emit,
  });
  const stored = withoutEngine(reader);
  return {
    face: {
      ...replay,
      // An answer is compared, or sent again, the moment it is complete: its row may still be on the way to the disk.
      async draft(asked: Parameters<typeof replay.draft>[0]) {
        await archive.flush();
        return replay.draft(asked);
      },
      async compare(...asked: Parameters<typeof stored.compare>) {
        await archive.flush();
        return stored.compare(...asked);
      },
    },
    environments: environments.face,
    collections: createCollections({ folder: () => join(given.dataDir, USUAL_FOLDER), redact }),
    redact(next: RedactionNames) {
      names = next;
      redactor = null;
    },
  };
}
