import { NANO_PER_USD } from '../model/money.ts';
import { anyPort } from './read-value.ts';
import type { QueryTree } from './tree.ts';

/**
 * The canonical text of a filter: parsing it gives the same tree (in the parser's normal shape).
 * Times are absolute, quantities in the largest unit that is exact, quotes only where needed.
 */
export function printQuery(tree: QueryTree | null): string {
  return tree === null ? '' : print(tree, 'top');
}

function print(tree: QueryTree, inside: 'top' | 'or' | 'and' | 'not'): string {
  switch (tree.op) {
    case 'and': {
      const text = tree.parts.map((part) => print(part, 'and')).join(' ');
      return inside === 'not' ? `(${text})` : text;
    }
    case 'or': {
      const text = tree.parts.map((part) => print(part, 'or')).join(' or ');
      return inside === 'and' || inside === 'not' ? `(${text})` : text;
    }
    case 'not':
      return `not ${print(tree.part, 'not')}`;
    case 'word':
      return isPlainWord(tree.text) ? tree.text : quote(tree.text);
    case 'text':
      // Without quotes an address would stand for all its ports.
      if (tree.field === 'client' && anyPort(tree.pattern) !== tree.pattern) return `client:${quote(tree.pattern)}`;
      return `${tree.field}:${value(tree.pattern)}`;
    case 'number':
      return `${tree.field}:${operator(tree.comparison)}${quantity(tree.field, tree.value)}`;
    case 'tls':
      return `tls:${operator(tree.comparison)}1.${tree.value - 10}`;
    case 'time':
      return `${tree.bound}:${isoTime(tree.at)}`;
    case 'header':
      return `header.${tree.name}:${tree.pattern === '' ? '' : value(tree.pattern)}`;
    case 'tag':
      return `tag:${tag(tree.pattern === null ? tree.name : `${tree.name}=${tree.pattern}`)}`;
    case 'body':
      return `body:${quote(tree.text)}`;
  }
}

function operator(comparison: string): string {
  return comparison === '=' ? '' : comparison;
}

/** Text that reads back as itself without quotes, behind a field's colon. */
function value(text: string): string {
  return /^[^\s()"<>=][^\s()"]*$/.test(text) ? text : quote(text);
}

/** A tag and its value are quoted together. */
function tag(text: string): string {
  return /^[^\s()"<>=][^\s()"]*$/.test(text) ? text : quote(text);
}

/** Words are quoted as soon as they could be read as anything else: a field, a keyword, a minus. */
function isPlainWord(text: string): boolean {
  return /^[\w./*][\w./*%~+-]*$/.test(text) && !/^(and|or|not)$/i.test(text);
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

const DURATIONS: readonly [string, number][] = [
  ['h', 3.6e9],
  ['m', 6e7],
  ['s', 1e6],
  ['ms', 1e3],
  ['us', 1],
];
const SIZES: readonly [string, number][] = [
  ['GB', 1e9],
  ['GiB', 1024 ** 3],
  ['MB', 1e6],
  ['MiB', 1024 ** 2],
  ['kB', 1e3],
  ['KiB', 1024],
  ['B', 1],
];

function quantity(field: string, amount: number): string {
  if (field === 'duration' || field === 'ttfb') return inUnits(amount, DURATIONS);
  if (field.endsWith('size')) return inUnits(amount, SIZES);
  if (field === 'cost') return dollars(amount);
  return String(amount);
}

/** Every digit of it: `0.000000001` is a nano-dollar. */
function dollars(nanos: number): string {
  const rest = nanos % NANO_PER_USD;
  const whole = String((nanos - rest) / NANO_PER_USD);
  return rest === 0 ? whole : `${whole}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
}

function inUnits(amount: number, units: readonly [string, number][]): string {
  const [name, factor] = units.find(([, size]) => amount !== 0 && amount % size === 0) ?? units.at(-1) ?? ['', 1];
  return `${amount / factor}${name}`;
}

/** ISO 8601 in UTC, with as many digits as the microseconds need. */
export function isoTime(microseconds: number): string {
  const rest = microseconds % 1000;
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  if (rest !== 0) return text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
  return text.replace(/(?:\.000)?Z$/, 'Z');
}
