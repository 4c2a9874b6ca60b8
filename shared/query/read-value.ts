import type { FieldEntry, NumberUnit } from './fields.ts';
import { NANO_PER_USD } from '../model/money.ts';
import type { Comparison, QueryTree } from './tree.ts';
import { allOf } from './compose.ts';
import { readTime } from './read-time.ts';
import type { TimeOptions } from './read-time.ts';
import { nearest } from './suggest.ts';
import { matcherFor } from './match.ts';

/** What is wrong with a value; the parser adds where. `replacement` would make the value right. */
export interface ValueFault {
  message: string;
  expected: string[];
  replacement: string | null;
}

export type ValueReading = { tree: QueryTree } | { fault: ValueFault };

/** Reads the text behind `field:` by the field's type. `quoted` values carry no operators. */
export function readValue(field: FieldEntry, text: string, quoted: boolean, options: TimeOptions): ValueReading {
  const type = field.value;
  switch (type.type) {
    case 'text':
      return readText(field, text, quoted);
    case 'number':
      return readNumber(field, text);
    case 'tls':
      return readTls(text);
    case 'time':
      return readTime(type.bound, text, options);
    case 'body':
      return { tree: { op: 'body', text } };
    case 'tag':
      return readTag(text);
  }
}

function readText(entry: FieldEntry, text: string, quoted: boolean): ValueReading {
  if (entry.value.type !== 'text') throw new Error('not a text field');
  const { field, match, values } = entry.value;
  if (!quoted && /^[<>]/.test(text)) {
    const rest = text.replace(/^[<>]=?/, '');
    return fault(
      `${field} is text and has no order; drop the ${text.slice(0, text.length - rest.length)}`,
      ['a text or pattern'],
      rest || null,
    );
  }
  if (values && !values.some(matcherFor(text, match))) {
    const near = nearest(text.replaceAll('*', ''), values);
    return fault(`no call can have ${field} “${text}”; it is one of ${values.join(', ')}`, [...values], near);
  }
  return { tree: { op: 'text', field, pattern: field === 'client' && !quoted ? anyPort(text) : text } };
}

/** A caller's port means little: an address without one, unless quoted, stands for all of its ports. */
export function anyPort(address: string): string {
  if (address.includes('*') || /^(?:\[[^\]]*\]|[^:]*):\d+$/.test(address)) return address;
  return address.includes(':') && !address.startsWith('[') ? `[${address}]:*` : `${address}:*`;
}

const OPERATOR = /^(>=|<=|>|<|=)?(.*)$/s;

function readNumber(entry: FieldEntry, text: string): ValueReading {
  if (entry.value.type !== 'number') throw new Error('not a number field');
  const { field, unit } = entry.value;
  const number = (comparison: Comparison, value: number): QueryTree => ({ op: 'number', field, comparison, value });
  const family = unit === 'status' ? /^([1-9])xx$/i.exec(text) : null;
  if (family) {
    const base = Number(family[1]) * 100;
    return { tree: allOf([number('>=', base), number('<', base + 100)]) };
  }
  const range = /^([^.]*(?:\.\d[^.]*)?)\.\.(.*)$/s.exec(text);
  if (range) {
    const [, low = '', high = ''] = range;
    const from = low === '' ? null : readQuantity(unit, low);
    const to = high === '' ? null : readQuantity(unit, high);
    if (Number.isNaN(from) || Number.isNaN(to) || (from === null && to === null)) return numberFault(entry, text);
    if (from !== null && to !== null && from > to)
      return fault('the range is upside down', ['a range low..high'], `${high}..${low}`);
    const ends: QueryTree[] = [];
    if (from !== null) ends.push(number('>=', from));
    if (to !== null) ends.push(number('<=', to));
    return { tree: allOf(ends) };
  }
  const [, operator, rest = ''] = OPERATOR.exec(text) ?? [];
  const value = readQuantity(unit, rest);
  if (Number.isNaN(value)) return numberFault(entry, text);
  return { tree: number((operator as Comparison | undefined) ?? '=', value) };
}

/** Microseconds in a unit of time. */
export const DURATION_UNITS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1e3,
  s: 1e6,
  m: 6e7,
  min: 6e7,
  h: 3.6e9,
  d: 8.64e10,
};
/** Bytes in a unit of size, lower case: SI units are decimal, IEC units binary. */
export const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** The quantity in the field's own unit (microseconds, bytes, plain), or NaN. */
function readQuantity(unit: NumberUnit, text: string): number {
  if (unit === 'money') return readMoney(text);
  const parts = /^(\d{1,16}(?:\.\d{1,9})?)([a-zµμ]*)$/i.exec(text);
  if (!parts) return NaN;
  const amount = Number(parts[1]);
  const suffix = (parts[2] ?? '').toLowerCase();
  let factor: number | undefined;
  if (unit === 'duration') factor = suffix === '' && amount === 0 ? 1 : own(DURATION_UNITS, suffix);
  else if (unit === 'size') factor = suffix === '' ? 1 : own(SIZE_UNITS, suffix);
  else factor = suffix === '' && Number.isInteger(amount) ? 1 : undefined;
  const value = factor === undefined ? NaN : Math.round(amount * factor);
  return value <= Number.MAX_SAFE_INTEGER ? value : NaN;
}

/** Nano-dollars of `0.01` or `$0.01`, by its digits: no fraction is rounded. NaN for anything else. */
function readMoney(text: string): number {
  const parts = /^\$?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (!parts) return NaN;
  const nanos = Number(parts[1]) * NANO_PER_USD + Number((parts[2] ?? '').padEnd(9, '0'));
  return nanos <= Number.MAX_SAFE_INTEGER ? nanos : NaN;
}

function own(table: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function numberFault(entry: FieldEntry, text: string): ValueReading {
  const unit = entry.value.type === 'number' ? entry.value.unit : 'none';
  const bare = /^(>=|<=|>|<|=)?\d+(\.\d+)?$/.test(text);
  if (unit === 'duration' && bare)
    return fault(`a duration needs a unit: us, ms, s, m or h`, ['a duration like 500ms'], `${text}ms`);
  const expected = {
    none: ['a whole number', 'a comparison like >1000', 'a range like 1000..2000'],
    status: ['a status like 404', 'a family like 5xx', 'a comparison like >=400', 'a range like 200..299'],
    duration: ['a duration like 500ms, 1.5s or 2m', 'a comparison like >500ms', 'a range like 1s..5s'],
    money: ['an amount in dollars like 0.01 or $1.50', 'a comparison like >0.01', 'a range like 0.01..1'],
    size: ['a size like 512, 10kB or 1.5MiB', 'a comparison like >1MB', 'a range like 1kB..1MB'],
  }[unit];
  if (/^(!=|<>)/.test(text))
    return fault(`there is no ${text.slice(0, 2)}; write not ${entry.name}:${text.slice(2)}`, expected, null);
  return fault(
    `“${text}” is not something ${entry.name} can be compared with; expected ${expected.join(', or ')}`,
    expected,
    null,
  );
}

function readTls(text: string): ValueReading {
  const parts = /^(>=|<=|>|<|=)?(?:tls)?v?1\.([0-3])$/i.exec(text);
  if (!parts)
    return fault(
      `“${text}” is not a TLS version; expected 1.0, 1.1, 1.2 or 1.3`,
      ['1.0', '1.1', '1.2', '1.3', 'a comparison like <1.2'],
      null,
    );
  return { tree: { op: 'tls', comparison: (parts[1] as Comparison | undefined) ?? '=', value: 10 + Number(parts[2]) } };
}

function readTag(text: string): ValueReading {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim();
  if (name === '' || name.includes('*'))
    return fault(
      name === '' ? 'the name of the tag is missing' : 'the name of a tag is written out; * may stand in its value',
      ['tag:NAME', 'tag:NAME=VALUE'],
      null,
    );
  return { tree: { op: 'tag', name: name.toLowerCase(), pattern: equals < 0 ? null : text.slice(equals + 1) } };
}

function fault(message: string, expected: string[], replacement: string | null): ValueReading {
  return { fault: { message, expected, replacement } };
}
