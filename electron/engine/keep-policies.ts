import { userInfo } from 'node:os';
import type { PolicySet } from '../../shared/policies/governor.ts';
import type { Archive } from './archive/archive.ts';
import { editorSchema } from './govern/register/editor-schema.ts';
import { createPoliciesFace, type FilePolicies, type PolicyReader } from './govern/register/register-face.ts';
import { openPolicyRegister, policiesPath } from './govern/register/register.ts';
import { schemaPath } from './govern/register/starter.ts';
import { wallMicroseconds } from './pipeline/clock.ts';
import { keepText } from './registers/text-file.ts';
import type { PoliciesKept } from './store/policy-versions.ts';

/** The policy file of an engine: in force from the start, and again whenever somebody saves it. */
export async function keepPolicies(given: {
  dataDir: string;
  /** Another file than the data folder’s; absolute. */
  file: string | null;
  archive: Pick<Archive, 'work'>;
  reader: PolicyReader & { policiesKept(): Promise<PoliciesKept> };
  /** Who goes by them; null: nobody, the file is only kept. */
  live: { apply(set: PolicySet): void } | null;
  log: (line: string) => void;
}): Promise<{ policies: FilePolicies; close(): Promise<void> }> {
  const { dataDir, archive, reader, live, log } = given;
  const schema = schemaPath(dataDir);
  try {
    keepText(schema, editorSchema());
  } catch (error) {
    log(`${schema} cannot be written, so editors may know an older one: ${String(error)}`);
  }
  // A full disk is no reason to forget what was in force.
  const kept = await archive.work('policiesKept', null).catch(() => reader.policiesKept());
  const register = openPolicyRegister({
    file: policiesPath(dataDir, given.file),
    kept,
    addVersion: (record) => archive.work('addPolicyVersion', record),
    user: userName(),
    now: wallMicroseconds,
    log,
  });
  const ignore = register.onPolicies((set) => live?.apply(set));
  if (register.now.version > 0) live?.apply(register.now.set);
  return {
    policies: createPoliciesFace({ register, reader, schema }),
    async close() {
      ignore();
      await register.close();
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry for this user, as in some containers.
    return 'somebody';
  }
}
