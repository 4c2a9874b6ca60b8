import { POLICY_KINDS } from '../../../../shared/model/policy.ts';
import { findItems, itemAt } from './policy-items.ts';
import { EXCEPTION, FILE, MATCH, POLICY, SETTINGS, TEST } from './vocabulary.ts';
import type { Word } from './vocabulary.ts';

/** Where somebody writes: under which keys, behind which key (null: the key itself), and what is there already. */
export interface Spot {
  path: string[];
  key: string | null;
  from: number;
  typed: string;
  /** Behind a `-` of its own line. */
  listed: boolean;
}

/** Reads the lines above a place for what it belongs to, and the place's own line for `{ … }` and `[ … ]`. */
export function spotAt(text: string, offset: number): Spot {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  const [lead = ''] = /^\s*(?:- +)*/.exec(before) ?? [];
  const path = parentsOf(text.slice(0, start), lead);
  let key: string | null = null;
  let word = lead.length;
  let lists = 0;
  for (let at = lead.length; at < before.length; at++) {
    const letter = before[at] ?? '';
    if (letter === '"' || letter === "'") {
      const end = before.indexOf(letter, at + 1);
      if (end === -1) break;
      at = end;
    } else if (letter === ':' && (before[at + 1] ?? ' ') === ' ' && lists === 0 && key === null) {
      key = before.slice(word, at).trim();
      word = at + 1;
    } else if (letter === '{') {
      if (key !== null) path.push(key);
      key = null;
      word = at + 1;
    } else if (letter === '}') {
      path.pop();
      key = null;
      word = at + 1;
    } else if (letter === '[') {
      lists++;
      word = at + 1;
    } else if (letter === ']') lists--;
    else if (letter === ',') {
      if (lists === 0) key = null;
      word = at + 1;
    }
  }
  const typed = before.slice(word).trimStart();
  return { path, key, from: offset - typed.length, typed, listed: lead.includes('-') };
}

/** Keys of the mappings that a line with this beginning is in, outermost first. */
function parentsOf(above: string, lead: string): string[] {
  const path: string[] = [];
  let indent = lead.includes('-') ? lead.indexOf('-') : lead.length;
  let dashed = lead.includes('-');
  for (const line of above.split('\n').toReversed()) {
    const [, spaces = '', dashes = '', key] = /^(\s*)((?:- +)*)(?:([\w.-]+):(?:\s|$))?/.exec(line) ?? [];
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const column = spaces.length + dashes.length;
    const inside = dashed ? column <= indent && dashes === '' : column < indent;
    if (inside && key !== undefined) {
      path.unshift(key);
      indent = column;
      dashed = false;
    }
    if (dashes !== '' && spaces.length < indent) {
      indent = spaces.length;
      dashed = true;
    }
    if (indent === 0 && !dashed) break;
  }
  return path;
}

/** What can be written at a place: words of the file, and the field whose seen values fit. */
export interface Offer {
  from: number;
  typed: string;
  /** With a colon behind, when one is chosen. */
  keys: readonly Word[];
  values: readonly string[];
  seen: Word['seen'] | null;
}

export function offerAt(text: string, offset: number): Offer {
  const { path, key, from, typed, listed } = spotAt(text, offset);
  const nothing: Offer = { from, typed, keys: [], values: [], seen: null };
  // Behind the `-` of a list that is the value of a key: `per:`, `app:`.
  const last = path.at(-1);
  const holder = listed && key === null && last !== undefined ? wordsUnder(text, offset, path.slice(0, -1)) : null;
  const holds = holder?.find((word) => word.key === last && word.takes === 'list');
  if (holds) return { ...nothing, values: holds.values ?? [], seen: holds.seen ?? null };
  const words = wordsUnder(text, offset, path);
  if (key === null) return { ...nothing, keys: words };
  const word = words.find((one) => one.key === key);
  const values = word?.takes === 'flag' ? ['true', 'false'] : (word?.values ?? []);
  return word ? { ...nothing, values, seen: word.seen ?? null } : nothing;
}

function wordsUnder(text: string, offset: number, path: readonly string[]): readonly Word[] {
  const [first, second, third] = path;
  if (first === undefined) return FILE;
  if (third !== undefined) return [];
  if (second === 'match' || (first === 'tests' && second === 'call')) return MATCH;
  if (first === 'exceptions') return second === undefined ? EXCEPTION : [];
  if (first === 'tests') return second === undefined ? TEST : [];
  if (first !== 'policies') return [];
  if (second === undefined) return POLICY;
  if (second !== 'settings') return [];
  const item = itemAt(findItems(text), offset);
  const [, written] = /(?:^|[\s{,])kind:\s*["']?(\w+)/.exec(item ? text.slice(item.from, item.to) : '') ?? [];
  const kind = POLICY_KINDS.find((one) => one === written);
  return kind ? SETTINGS[kind] : [];
}
