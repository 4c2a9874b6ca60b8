import type { DraftAuth } from '../../../../shared/model/replay.ts';
import { openEnvironments } from './environments.ts';
import { openVault, VaultFault } from './vault.ts';

const PREFIX = 'credential/';

/** The contract's questions about the values of variables, and what the sender asks of them. `mayWrite`: an engine runs. */
export function createEnvironments(dataDir: string, mayWrite: boolean) {
  const environments = openEnvironments(dataDir);
  const vault = openVault(dataDir);
  const notRunning = { problem: 'not-running' } as const;
  const cannot = (why: string) => ({ problem: 'cannot-do' as const, why, remedy: '' });

  return {
    variables: environments.variables,
    isProduction: environments.isProduction,

    /** A stored credential by its name. Throws a VaultFault when the vault cannot be opened. */
    credentialOf(name: string): DraftAuth | null {
      const text = vault.read(PREFIX + name);
      return text === null ? null : (JSON.parse(text) as DraftAuth);
    },

    face: {
      async list() {
        const { environments: rows, unreadable } = environments.list();
        try {
          const credentials = vault.names().filter((one) => one.startsWith(PREFIX));
          return { environments: rows, credentials: credentials.map((one) => one.slice(PREFIX.length)), unreadable };
        } catch (error) {
          if (!(error instanceof VaultFault)) throw error;
          return { environments: rows, credentials: [], unreadable: unreadable ?? error.message };
        }
      },
      async set(asked: { environment: string; key: string; value: string; secret?: boolean | undefined }) {
        return mayWrite ? environments.set({ ...asked, secret: asked.secret ?? false }) : notRunning;
      },
      async unset(asked: { environment: string; key?: string | null | undefined }) {
        return mayWrite ? environments.unset({ ...asked, key: asked.key ?? null }) : notRunning;
      },
      async credential({
        name,
        value,
      }: {
        name: string;
        value: Exclude<DraftAuth, { kind: 'recorded' | 'none' | 'stored' }> | null;
      }) {
        if (!mayWrite) return notRunning;
        try {
          if (value !== null) vault.write(PREFIX + name, JSON.stringify(value));
          else if (!vault.remove(PREFIX + name)) return cannot(`There is no stored credential “${name}”.`);
          return { done: true as const };
        } catch (error) {
          if (error instanceof VaultFault) return cannot(error.message);
          throw error;
        }
      },
    },
  };
}
