import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { nearest } from '../../../../shared/query/suggest.ts';
import { matchesHost } from '../../pipeline/forward/connect.ts';
import { readYaml } from '../../registers/read-yaml.ts';
import { readText, writeText } from '../../registers/text-file.ts';
import { openVault, VaultFault } from './vault.ts';

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'is no name: letters, digits, _ . -');
const environment = z.strictObject({
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Names of variables whose values are in the vault. */
  secrets: z.array(z.string()).optional(),
  production: z.array(z.string()).optional(),
});
const fileSchema = z.strictObject({ environments: z.record(name, environment).optional() });

/** One environment as it may be shown. */
export interface EnvironmentRow {
  name: string;
  variables: Record<string, string>;
  secrets: { name: string; isSet: boolean }[];
  /** Hosts that ask before anything is sent to them. */
  production: string[];
}

type Said = { problem: 'cannot-do'; why: string; remedy: string };

const FIRST_LINES =
  '# Values for {{name}} in requests. Secrets are in the vault: sallyport environment set NAME KEY --secret\n';

/** The environments of a data folder, read from disk each time they are asked for. */
export function openEnvironments(dataDir: string) {
  const path = join(dataDir, 'environments.yaml');
  const vault = openVault(dataDir);
  const secretOf = (environmentName: string, key: string): string => `${environmentName}/${key}`;

  function read(): { rows: Record<string, z.infer<typeof environment>> } | { says: string } {
    const yaml = readYaml(readText(path) ?? '');
    if ('problems' in yaml) {
      const [first] = yaml.problems;
      return { says: `${path}:${first?.line ?? 1}:${first?.column ?? 1}: ${first?.says ?? 'It cannot be read.'}` };
    }
    const parsed = fileSchema.safeParse(yaml.value);
    if (parsed.success) return { rows: parsed.data.environments ?? {} };
    const [issue] = parsed.error.issues;
    const { line, column } = yaml.placeOf(issue?.path ?? []);
    return { says: `${path}:${line}:${column}: ${issue?.message ?? 'It cannot be read.'}.` };
  }

  function cannot(why: string, remedy = 'Put the file right.'): Said {
    return { problem: 'cannot-do', why, remedy };
  }

  /** Changes the file as it stands, its comments with it. */
  function edit(change: (document: ReturnType<typeof parseDocument>) => void): Said | null {
    const now = read();
    if ('says' in now) return cannot(now.says);
    const document = parseDocument(readText(path) ?? FIRST_LINES);
    change(document);
    writeText(path, document.toString({ lineWidth: 0 }), true);
    return null;
  }

  return {
    list(): { environments: EnvironmentRow[]; unreadable: string | null } {
      const found = read();
      if ('says' in found) return { environments: [], unreadable: found.says };
      try {
        const known = new Set(vault.names());
        return {
          unreadable: null,
          environments: Object.entries(found.rows).map(([one, { variables = {}, secrets = [], production = [] }]) => ({
            name: one,
            variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
            secrets: secrets.map((key) => ({ name: key, isSet: known.has(secretOf(one, key)) })),
            production,
          })),
        };
      } catch (error) {
        if (error instanceof VaultFault) return { environments: [], unreadable: error.message };
        throw error;
      }
    },

    /** Everything that `{{name}}` may stand for; says why when that cannot be told. */
    variables(asked: string | null): { values: Map<string, string>; secrets: Map<string, string> } | { says: string } {
      if (asked === null) return { values: new Map(), secrets: new Map() };
      const found = read();
      if ('says' in found) return found;
      const row = found.rows[asked];
      if (row === undefined) {
        const names = Object.keys(found.rows);
        const meant = nearest(asked, names);
        const there = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
        return { says: `There is no environment “${asked}”; ${meant === null ? there : `did you mean “${meant}”?`}` };
      }
      const secrets = new Map<string, string>();
      try {
        for (const key of row.secrets ?? []) {
          const value = vault.read(secretOf(asked, key));
          if (value !== null) secrets.set(key, value);
        }
      } catch (error) {
        if (error instanceof VaultFault) return { says: error.message };
        throw error;
      }
      const plain = Object.entries(row.variables ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
      return { values: new Map([...plain, ...secrets]), secrets };
    },

    isProduction(asked: string | null, host: string): boolean {
      const found = asked === null ? null : read();
      if (found === null || 'says' in found || asked === null) return false;
      return (found.rows[asked]?.production ?? []).some((pattern) => matchesHost(pattern, host));
    },

    /** Sets a variable, and makes the environment when there is none; a secret one goes into the vault. */
    set(asked: { environment: string; key: string; value: string; secret: boolean }): { done: true } | Said {
      const { environment: place, key, value, secret } = asked;
      // A file that cannot be read is left alone, and so is the vault.
      const now = read();
      if ('says' in now) return cannot(now.says);
      if (!name.safeParse(place).success || !/^[A-Za-z_][\w.-]{0,199}$/.test(key))
        return cannot('The name cannot be used.', 'Use letters, digits, _ . and -.');
      try {
        if (secret) vault.write(secretOf(place, key), value);
        else vault.remove(secretOf(place, key));
      } catch (error) {
        if (error instanceof VaultFault) return cannot(error.message, '');
        throw error;
      }
      const problem = edit((document) => {
        const listed = new Set(namesIn(document.getIn(['environments', place, 'secrets'])));
        if (secret) {
          takeAway(document, ['environments', place, 'variables', key]);
          document.setIn(['environments', place, 'secrets'], [...listed.add(key)]);
        } else {
          document.setIn(['environments', place, 'variables', key], value);
          if (listed.delete(key)) document.setIn(['environments', place, 'secrets'], [...listed]);
        }
      });
      return problem ?? { done: true };
    },

    /** Takes a variable away, or with `key` null the whole environment, its secrets with it. */
    unset({ environment: place, key }: { environment: string; key: string | null }): { done: true } | Said {
      const found = read();
      if ('says' in found) return cannot(found.says);
      const row = found.rows[place];
      if (row === undefined)
        return cannot(`There is no environment “${place}”.`, 'List them with: sallyport environment');
      const secrets = key === null ? (row.secrets ?? []) : [key];
      try {
        for (const one of secrets) vault.remove(secretOf(place, one));
      } catch (error) {
        if (error instanceof VaultFault) return cannot(error.message, '');
        throw error;
      }
      const problem = edit((document) => {
        if (key === null) takeAway(document, ['environments', place]);
        else {
          takeAway(document, ['environments', place, 'variables', key]);
          const left = (row.secrets ?? []).filter((one) => one !== key);
          if (row.secrets !== undefined) document.setIn(['environments', place, 'secrets'], left);
        }
      });
      return problem ?? { done: true };
    },
  };
}

/** What is not there need not go: the library throws where the way to it ends. */
function takeAway(document: ReturnType<typeof parseDocument>, path: readonly string[]): void {
  if (document.hasIn(path)) document.deleteIn(path);
}

/** The list at a place of the file, as plain names. */
function namesIn(value: unknown): string[] {
  const plain: unknown =
    typeof value === 'object' && value !== null && 'toJSON' in value
      ? (value as { toJSON(): unknown }).toJSON()
      : value;
  return Array.isArray(plain) ? plain.map(String) : [];
}
