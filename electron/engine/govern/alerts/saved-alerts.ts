import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceText } from '../../registers/text-file.ts';
import { alertRowSchema, type AlertRow } from '../../../../shared/contract/alert-schema.ts';

const shape = z.object({ version: z.literal(1), next: z.number().int(), alerts: z.array(alertRowSchema) });

/** The file of alerts in the data folder; a damaged one is told of and begun anew. */
export function savedAlerts(dataDir: string, log: (line: string) => void) {
  const path = join(dataDir, 'alerts.json');
  let writing: Promise<void> = Promise.resolve();
  let asked = false;

  async function write(next: number, alerts: readonly AlertRow[]): Promise<void> {
    asked = false;
    const text = JSON.stringify({ version: 1, next, alerts });
    try {
      await replaceText(path, text);
    } catch (error) {
      log(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  return {
    read(): { next: number; alerts: AlertRow[] } {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`${path} cannot be read: ${String(error)}`);
        return { next: 1, alerts: [] };
      }
      try {
        return shape.parse(JSON.parse(text));
      } catch {
        log(`${path} is damaged: alerts begin anew.`);
        return { next: 1, alerts: [] };
      }
    },
    /** Written after what is being written; changes meanwhile go into one. */
    save(state: () => [number, readonly AlertRow[]]): void {
      if (asked) return;
      asked = true;
      writing = writing.then(() => write(...state()));
    },
    settled: () => writing,
  };
}
