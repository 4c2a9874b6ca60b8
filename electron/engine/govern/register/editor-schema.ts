import { z } from 'zod';
import { fileSchema } from '../../../../shared/policies/file/file-schema.ts';

/** The schema of policies.yaml as editors read it (JSON Schema 2020-12). */
export function editorSchema(): string {
  const schema = z.toJSONSchema(fileSchema(), { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ ...schema, title: 'policies.yaml' }, null, 2)}\n`;
}
