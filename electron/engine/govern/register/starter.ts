import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { keepText, readText, writeText } from '../../registers/text-file.ts';
import { editorSchema } from './editor-schema.ts';

/** The first lines of a file that we begin; editors read the schema off the first. */
export function firstLines(file: string, schema: string): string {
  // Beside the file its name is enough, and goes with both when they are moved.
  const named = dirname(file) === dirname(schema) ? relative(dirname(file), schema) : schema;
  return `# yaml-language-server: $schema=${named}
# Rules for the calls that leave this machine: docs/policies.md has every key. Changes count as soon as the file is saved;
# try them first: sallyport policy check, sallyport policy test, sallyport policy backtest
`;
}

/** What we write when there is no file yet: an example of each kind, all of it commented out. */
export function starterText(file: string, schema: string): string {
  return `${firstLines(file, schema)}
# zone: Europe/Vienna            # of calendars; else this machine's
# otherwise: allow               # calls that no access policy speaks of

# policies:
#   - id: no-metadata            # on every call that it decides
#     kind: access
#     mode: observe              # off, observe: writes down what it would have done, enforce: does it
#     settings: { destinations: { metadata: deny, linkLocal: deny } }
#     owner: platform@example.com
#     reason: Nobody's business, and a way to steal credentials
#
#   - id: three-a-minute
#     kind: limit
#     mode: observe
#     match: { vendor: openai, app: billing }
#     settings: { algorithm: fixed-window, limit: 3, window: 1m, per: [app], action: reject }

# exceptions:
#   - { policy: three-a-minute, match: { app: nightly }, owner: night@example.com, expires: 2099-12-31 }

# tests:
#   - name: the metadata service is out of reach
#     call: { app: billing, url: "http://169.254.169.254/latest", address: 169.254.169.254 }
#     expect: deny
#     by: no-metadata
`;
}

/** Writes it, and the schema for editors into the data folder. False: there is a file already. Throws the system’s errors. */
export function beginPolicies(file: string, dataDir: string): boolean {
  if (readText(file) !== null) return false;
  const schema = schemaPath(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  keepText(schema, editorSchema());
  writeText(file, starterText(file, schema));
  return true;
}

/** Where the schema for editors lies. */
export function schemaPath(dataDir: string): string {
  return join(dataDir, 'policies.schema.json');
}
