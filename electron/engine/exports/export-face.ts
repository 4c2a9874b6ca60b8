import { dayOf } from '../vendors/vendors.ts';
import type { BadExport, ExportedFile, ExportQuestion } from './export-question.ts';

/** What a door asks; the rest is known here. */
type Asked = Omit<ExportQuestion, 'apps' | 'now' | 'today'>;

/** The contract’s answer about exports. `apps`: what people say of apps, by the names they are shown under. */
export function createExportFace(given: {
  reader: { mapExport(question: ExportQuestion, signal?: AbortSignal): Promise<ExportedFile | BadExport> };
  apps: () => ExportQuestion['apps'];
  now: () => number;
}): { export(asked: Asked, signal?: AbortSignal): Promise<ExportedFile | BadExport> } {
  const { reader, apps, now } = given;
  return {
    export(asked, signal) {
      const at = now();
      return reader.mapExport({ ...asked, apps: apps(), now: at, today: dayOf(at) }, signal);
    },
  };
}
