import { join } from 'node:path';
import { keepText } from '../registers/text-file.ts';
import { editorSchema } from './file-schema.ts';

/** What people here say of vendors; they edit it, and so do we. */
export function vendorsPath(dataDir: string): string {
  return join(dataDir, 'vendors.yaml');
}

/** What stood in it when it was last in order: it counts as long as the file is not, after a new start too. */
export function lastGoodPath(dataDir: string): string {
  return join(dataDir, 'vendors.last-good.yaml');
}

/** The first lines of a file that we begin. */
export const FIRST_LINES = `# yaml-language-server: $schema=vendors.schema.json
# What people here say of vendors: docs/vendors.md has every key. Changes count as soon as the file is saved.
`;

/** Writes the schema for editors beside the file. */
export function writeSchema(dataDir: string): void {
  keepText(join(dataDir, 'vendors.schema.json'), editorSchema());
}
