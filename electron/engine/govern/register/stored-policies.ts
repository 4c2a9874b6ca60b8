import type { PolicySet } from '../../../../shared/policies/governor.ts';
import type { PoliciesKept } from '../../store/policy-versions.ts';
import { readPoliciesOffline, type FilePolicies, type PolicyReader } from './register-face.ts';
import { policiesPath, readPoliciesFile } from './register.ts';

/** What can be answered of a folder on which no engine runs. `file`: where it is not the folder’s own. */
export async function readStoredPolicies(
  dataDir: string,
  file: string | null,
  reader: Omit<PolicyReader, 'hits'> & { policiesKept(): Promise<PoliciesKept> },
): Promise<FilePolicies> {
  const now = readPoliciesFile(policiesPath(dataDir, file), await reader.policiesKept(), () => {});
  return readPoliciesOffline(now, {
    policyVersions: reader.policyVersions,
    policyVersion: reader.policyVersion,
    hits: async () => new Map(),
  });
}

/** The policies that would be in force there. */
export async function readStoredSet(
  dataDir: string,
  file: string | null,
  reader: { policiesKept(): Promise<PoliciesKept> },
): Promise<PolicySet> {
  return readPoliciesFile(policiesPath(dataDir, file), await reader.policiesKept(), () => {}).set;
}
