import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { needsBody, readLimits } from '../../../../shared/vendors/limits/read-limits.ts';
import { headOf, linesOf, NOON } from './head.ts';
import type { Fields } from './head.ts';

interface Signal {
  resource: string;
  resetIn: number | null;
  source?: string;
}
interface Dialect {
  says: string;
  host: string;
  method: string;
  path: string;
  status: number;
  headers: Fields;
  body?: string;
  expect: { signals: Signal[]; throttle: string | null; retryIn: number | null } | null;
  needsBody?: boolean;
}

const folder = new URL('../../../fixtures/limits/', import.meta.url);
const secondsFrom = (at: number | null): number | null => (at === null ? null : Math.round((at - NOON) / 1000) / 1000);

// Fixtures are made from the vendors' published descriptions; times in them count from noon.
describe('what vendors say of their limits', () => {
  for (const file of readdirSync(folder)) {
    const dialects = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Dialect[];
    it.each(dialects)(`${file.replace('.json', '')}: $says`, (one) => {
      const dated: Fields = Array.isArray(one.headers)
        ? [['Date', 'Mon, 23 Nov 2026 12:00:00 GMT'], ...one.headers]
        : { Date: 'Mon, 23 Nov 2026 12:00:00 GMT', ...one.headers };
      const head = headOf({ ...one, responseLines: linesOf(dated) });
      if (one.needsBody !== undefined) expect(needsBody(head)).toBe(one.needsBody);
      const reading = readLimits(head, one.body ?? null, NOON);
      if (one.expect === null) {
        expect(reading).toBeNull();
        return;
      }
      expect(reading).not.toBeNull();
      const { signals, throttle, retryAt } = reading!;
      expect({
        signals: signals.map(({ resetAt, source, ...rest }, at) => ({
          ...rest,
          resetIn: secondsFrom(resetAt),
          ...(one.expect!.signals[at]?.source === undefined ? {} : { source }),
        })),
        throttle,
        retryIn: secondsFrom(retryAt),
      }).toEqual(one.expect);
    });
  }
});
