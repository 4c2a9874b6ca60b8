import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readText, writeText } from '../../registers/text-file.ts';

/** Secrets by name, each encrypted by itself with AES-256-GCM (NIST SP 800-38D); its name is authenticated with it. */
export interface Vault {
  names(): string[];
  /** Null: there is none of that name. Throws a VaultFault when it cannot be opened. */
  read(name: string): string | null;
  write(name: string, value: string): void;
  remove(name: string): boolean;
}

/** Why the vault cannot be used, in a sentence, with what to do. */
export class VaultFault extends Error {}

const fileSchema = z.object({
  version: z.literal(1),
  secrets: z.record(z.string(), z.object({ iv: z.string(), tag: z.string(), data: z.string() })),
});
type VaultFile = z.infer<typeof fileSchema>;

/** The vault of a data folder; read from disk each time, so that two programs see the same. */
export function openVault(dataDir: string): Vault {
  const path = join(dataDir, 'vault.json');
  const keyPath = join(dataDir, 'vault.key');

  function load(): VaultFile {
    const text = readText(path);
    if (text === null) return { version: 1, secrets: {} };
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      throw new VaultFault(`${path} is no vault of ours. Put it right or move it away; it was left as it is.`);
    }
  }

  /** Made with the first secret; a vault without its key is never given another. */
  function loadKey(mayMake: boolean): Buffer {
    try {
      const key = readFileSync(keyPath);
      if (key.length === 32) return key;
      throw new VaultFault(`${keyPath} is no key of a vault: it has ${key.length} bytes, not 32.`);
    } catch (error) {
      if (error instanceof VaultFault) throw error;
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !mayMake)
        throw new VaultFault(`The key of the vault, ${keyPath}, cannot be read. Without it its secrets are lost.`);
    }
    const key = randomBytes(32);
    writeFileSync(keyPath, key, { mode: 0o600, flag: 'wx' });
    return key;
  }

  return {
    names: () => Object.keys(load().secrets).toSorted(),
    read(name) {
      const entry = load().secrets[name];
      if (entry === undefined) return null;
      try {
        const opened = createDecipheriv('aes-256-gcm', loadKey(false), Buffer.from(entry.iv, 'base64'), {
          authTagLength: 16,
        });
        opened.setAAD(Buffer.from(name)).setAuthTag(Buffer.from(entry.tag, 'base64'));
        return opened.update(entry.data, 'base64', 'utf8') + opened.final('utf8');
      } catch (error) {
        if (error instanceof VaultFault) throw error;
        throw new VaultFault(`The secret “${name}” cannot be opened: the vault or its key was changed. Set it anew.`);
      }
    },
    write(name, value) {
      const file = load();
      const iv = randomBytes(12);
      const sealed = createCipheriv('aes-256-gcm', loadKey(Object.keys(file.secrets).length === 0), iv);
      sealed.setAAD(Buffer.from(name));
      const data = Buffer.concat([sealed.update(value, 'utf8'), sealed.final()]).toString('base64');
      const entry = { iv: iv.toString('base64'), tag: sealed.getAuthTag().toString('base64'), data };
      writeText(path, `${JSON.stringify({ ...file, secrets: { ...file.secrets, [name]: entry } }, null, 2)}\n`);
    },
    remove(name) {
      const { [name]: gone, ...secrets } = load().secrets;
      if (gone === undefined) return false;
      writeText(path, `${JSON.stringify({ version: 1, secrets }, null, 2)}\n`);
      return true;
    },
  };
}
