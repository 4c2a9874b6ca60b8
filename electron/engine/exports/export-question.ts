import type { MAP_FORMATS } from '../../../shared/contract/map.ts';
import type { DeclaredApps, Moment } from '../analytics/picture/picture.ts';
import type { Span } from '../store/picture-rows.ts';

/** What is to be exported, as the reader’s thread is asked. */
export interface ExportQuestion extends Span, Moment {
  format: (typeof MAP_FORMATS)[number];
  /** Of CycloneDX. */
  version?: string | undefined;
  vendor?: string | undefined;
  /** Id of a service within its vendor, `vendor/service`, or a host. */
  service?: string | undefined;
  /** As it is shown; '' is nobody known. */
  app?: string | undefined;
  apps: DeclaredApps;
}

/** A file, as the contract hands it out. */
export interface ExportedFile {
  filename: string;
  mediaType: string;
  encoding: 'text' | 'base64';
  content: string;
  /** What it does not say, and why. */
  notes: string[];
}

/** Why it cannot be exported so, in two sentences. */
export interface BadExport {
  problem: 'bad';
  why: string;
  remedy: string;
}
