import { z } from 'zod';
import { NANO_PER_USD } from '../model/money.ts';

/**
 * Amounts as people write them in policies.yaml, read into what the code counts in. Each is a schema: its errors say what
 * could stand there, and its input side is what editors are told.
 */

const DURATION_UNITS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  m: 6e7,
  min: 6e7,
  h: 3.6e9,
  d: 8.64e10,
  w: 6.048e11,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:us|ms|min|s|m|h|d|w))+$/;

/** `250ms`, `30s`, `1m`, `1h30m`, `7d`: microseconds, or null when it is none. */
export function readDuration(text: string): number | null {
  const plain = text.replaceAll(/[\s_]/g, '').toLowerCase();
  if (!DURATION.test(plain)) return null;
  let sum = 0;
  for (const [, amount = '', unit = ''] of plain.matchAll(/(\d+(?:\.\d+)?)(us|ms|min|s|m|h|d|w)/g)) {
    sum += Number(amount) * (DURATION_UNITS[unit] ?? 0);
  }
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : null;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `512`, `10 kB`, `1.5 MiB`: bytes, or null when it is none. */
export function readSize(text: string): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text.replaceAll(/[\s_,]/g, '').toLowerCase()) ?? [];
  const factor = Object.hasOwn(SIZE_UNITS, unit) ? SIZE_UNITS[unit] : undefined;
  if (amount === undefined || factor === undefined) return null;
  const bytes = Math.round(Number(amount) * factor);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** `25 USD`, `$0.50`: nano-dollars, exactly; null when it is none, or of another currency. */
export function readMoney(text: string): number | null {
  const plain = text.replaceAll(/[\s_,]/g, '');
  const [, whole, fraction = ''] =
    /^\$(\d+)(?:\.(\d{1,9}))?$/.exec(plain) ?? /^(\d+)(?:\.(\d{1,9}))?(?:USD|\$)$/i.exec(plain) ?? [];
  if (whole === undefined) return null;
  const nano = Number(whole) * NANO_PER_USD + Number(fraction.padEnd(9, '0'));
  return Number.isSafeInteger(nano) ? nano : null;
}

/** `80%`: a share from 0 up, 0.8; null when it is none. */
export function readShare(text: string): number | null {
  const [, amount] = /^(\d+(?:\.\d+)?)%$/.exec(text.replaceAll(/\s/g, '')) ?? [];
  return amount === undefined ? null : Number((Number(amount) / 100).toPrecision(12));
}

function read(
  what: string,
  examples: readonly string[],
  reader: (text: string) => number | null,
  least: number,
  pattern: string,
) {
  const could = examples.map((example) => `\`${example}\``).join(', ');
  return z
    .union([z.string(), z.number()], { error: `must be ${what}: ${could}` })
    .meta({ examples: [...examples], pattern })
    .transform((written, context) => {
      const value = typeof written === 'number' && reader !== readSize ? null : reader(String(written));
      if (value !== null && value >= least) return value;
      const why =
        value !== null
          ? `is too little for ${what}`
          : typeof written === 'number'
            ? `must say of what: ${could}`
            : `\`${written.slice(0, 60)}\` is not ${what}; write ${could}`;
      context.addIssue({ code: 'custom', message: why });
      return z.NEVER;
    });
}

/** A length of time, more than nothing; in microseconds. */
export const duration = () =>
  read('a length of time', ['250ms', '30s', '1m', '8h', '7d'], readDuration, 1, '^[0-9. ]+(us|ms|s|m|min|h|d|w)');
/** A length of time that may be `0s`; in microseconds. */
export const durationOrNone = () =>
  read('a length of time', ['0s', '250ms', '30s', '1m'], readDuration, 0, '^[0-9. ]+(us|ms|s|m|min|h|d|w)');
/** A number of bytes. */
export const size = () => read('a size', ['512 kB', '10 MB', '1 GiB'], readSize, 0, '^[0-9._, ]+([kKmMgGtT]i?)?[bB]?$');
/** Money, in nano-dollars; other currencies are refused, because their rate would be ours to make up. */
export const money = () =>
  read('an amount in US dollars', ['25 USD', '0.50 USD'], readMoney, 0, '^\\$?[0-9._, ]+( ?USD)?$');
/** A percentage, as a share: `80%` is 0.8. */
export const share = () => read('a percentage', ['10%', '80%'], readShare, 0, '^[0-9.]+ ?%$');
