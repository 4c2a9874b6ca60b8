import { readFileSync } from 'node:fs';

/** Sallyport's version, as package.json has it: above us when built (dist/), two above as sources. */
export const version: string = readVersion(['../package.json', '../../package.json']);

function readVersion(places: readonly string[]): string {
  for (const place of places) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    } catch {
      // the other place
    }
  }
  return 'unknown';
}
