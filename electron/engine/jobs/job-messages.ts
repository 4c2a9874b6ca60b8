import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';
import type { ExportChoice, ExportPlace } from './export-calls.ts';
import type { ImportedCall } from './import-har.ts';
import type { Outcome } from './jobs.ts';

/** What a job's own thread is started with. */
export type JobOrder =
  | {
      kind: 'export';
      dataDir: string;
      appNames: Readonly<Record<string, string>>;
      ownVendors: readonly OwnVendor[];
      choice: ExportChoice;
      place: ExportPlace;
    }
  /** `bytes`: the file's length, when it is known. */
  | { kind: 'import'; bytes: number | null };

export type ToJob =
  | { type: 'cancel' }
  /** The file to import, a piece at a time, each when it was asked for. */
  | { type: 'chunk'; bytes: Uint8Array }
  | { type: 'file-ended' }
  | { type: 'file-broke'; says: string }
  /** The oldest facts given were taken in. */
  | { type: 'taken' };

export type FromJob =
  | { type: 'progress'; done: number; total: number | null | undefined }
  | { type: 'more' }
  /** Facts of whole calls; their `call` is still to be given. */
  | { type: 'facts'; calls: ImportedCall[] }
  | { type: 'done'; outcome: Outcome }
  | { type: 'failed'; says: string; code: string | null };
