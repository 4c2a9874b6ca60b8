import type { FieldEntry } from './fields.ts';
import { fieldNamed, FIELDS, OTHER_NAMES } from './fields.ts';

/** Something that can stand in place of what is being typed. */
export interface Suggestion {
  kind: 'field' | 'value' | 'keyword';
  /** What takes the place of `[start, end)`. */
  insert: string;
  title: string;
  /** What it means, in a few words; '' when the title says it. */
  says: string;
}

export interface Completion {
  /** The piece of the text that a suggestion replaces, in UTF-16 units; the caret is within. */
  start: number;
  end: number;
  /** The field whose value is being typed; null in a name or a word. */
  field: FieldEntry | null;
  suggestions: Suggestion[];
}

const MOST = 50;

const KEYWORDS: readonly [string, string][] = [
  ['not', 'calls that do not pass what follows'],
  ['or', 'either what stands before or what follows'],
];

/** What people compare with, where values cannot be listed. */
const USUAL_VALUES: Readonly<Record<string, readonly [string, string][]>> = {
  status: [
    ['2xx', 'success'],
    ['3xx', 'moved, not modified'],
    ['4xx', 'refused'],
    ['5xx', 'server errors'],
    ['>=400', 'any error'],
  ],
  duration: [
    ['>100ms', ''],
    ['>500ms', ''],
    ['>1s', ''],
    ['>10s', ''],
  ],
  ttfb: [
    ['>100ms', ''],
    ['>500ms', ''],
    ['>1s', ''],
  ],
  size: [
    ['>10kB', ''],
    ['>100kB', ''],
    ['>1MB', ''],
  ],
  'request-size': [
    ['>10kB', ''],
    ['>1MB', ''],
  ],
  'response-size': [
    ['>10kB', ''],
    ['>1MB', ''],
  ],
  since: [
    ['-5m', 'five minutes ago'],
    ['-1h', 'an hour ago'],
    ['-24h', 'a day ago'],
    ['-7d', 'a week ago'],
  ],
  until: [
    ['-5m', 'five minutes ago'],
    ['-1h', 'an hour ago'],
    ['-24h', 'a day ago'],
  ],
  tls: [
    ['<1.2', 'outdated'],
    ['1.2', ''],
    ['1.3', ''],
  ],
  failure: [['*', 'any failure']],
  throttle: [['*', 'any call refused for its number']],
  vendor: [['*', 'any call to another company']],
  model: [['*', 'any call of a model']],
  cost: [
    ['>0', 'any call that cost something'],
    ['>0.01', 'a cent'],
    ['>0.1', 'ten cents'],
    ['>1', 'a dollar'],
  ],
  tokens: [
    ['>1000', ''],
    ['>10000', ''],
    ['>100000', ''],
  ],
  app: [['*', 'any app that is known']],
  package: [['*', 'any call that a package made']],
  tag: [['run', 'calls of one `sallyport run`']],
};

/**
 * What could stand where the caret is: fields and keywords in a name, values behind a colon. `known` gives values seen in
 * calls, commonest first. Any text and caret give an answer.
 */
export function complete(text: string, caret: number, known: (field: string) => readonly string[]): Completion {
  const { start, end } = termAround(text, Math.max(0, Math.min(caret, text.length)));
  const term = text.slice(start, end);
  const colon = term.indexOf(':');
  if (colon < 0 || caret <= start + colon) {
    const typed = text.slice(start, Math.max(start, caret));
    // With a colon already there only the name is replaced, its colon included.
    const until = colon < 0 ? end : start + colon + 1;
    return { start, end: until, field: null, suggestions: typed.startsWith('"') ? [] : names(typed, text, start) };
  }
  const field = fieldNamed(term.slice(0, colon)) ?? null;
  const from = start + colon + 1;
  const typed = text.slice(from, caret).replace(/^"/, '');
  return { start: from, end, field, suggestions: field ? values(field, typed, known(field.name)) : [] };
}

/** The term the caret is in or directly behind, without a leading minus; empty between terms. */
function termAround(text: string, caret: number): { start: number; end: number } {
  let start = 0;
  let quoted = false;
  let at = 0;
  for (; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
      continue;
    }
    if (char === '"') quoted = true;
    else if (/[\s()]/.test(char)) {
      if (at >= caret) break;
      start = at + 1;
    }
  }
  const end = Math.max(caret, Math.min(at, text.length));
  start = Math.min(start, caret);
  while (text[start] === '-' && start < caret) start += 1;
  return { start, end };
}

function names(typed: string, text: string, start: number): Suggestion[] {
  const word = typed.toLowerCase();
  const fields = [...FIELDS.map(({ name, says, example }) => ({ name: `${name}:`, says, example }))];
  const all: Suggestion[] = [
    ...fields.map(({ name, says }) => ({ kind: 'field' as const, insert: name, title: name, says })),
    { kind: 'field' as const, insert: 'header.', title: 'header.NAME:', says: 'a header of either side' },
  ];
  const begins = all.filter(({ insert }) => insert.startsWith(word) && insert !== `${word}:`);
  const exact = all.filter(({ insert }) => insert === `${word}:`);
  // Names people bring from other tools lead to ours.
  const meant = new Set(
    word.length < 2
      ? []
      : Object.entries(OTHER_NAMES).flatMap(([other, name]) => (other.startsWith(word) ? [`${name}:`] : [])),
  );
  const others = all.filter((one) => meant.has(one.insert) && !begins.includes(one) && !exact.includes(one));
  const inside =
    word.length < 2
      ? []
      : all.filter(
          (one) => one.insert.includes(word) && !others.includes(one) && !begins.includes(one) && !exact.includes(one),
        );
  const keywords = KEYWORDS.filter(
    ([name]) => word !== '' && name.startsWith(word) && (name === 'not' || text.slice(0, start).trim() !== ''),
  ).map(([name, says]) => ({ kind: 'keyword' as const, insert: `${name} `, title: name, says }));
  return [...exact, ...begins, ...keywords, ...others, ...inside];
}

function values(field: FieldEntry, typed: string, known: readonly string[]): Suggestion[] {
  const { value } = field;
  const usual = Object.hasOwn(USUAL_VALUES, field.name) ? (USUAL_VALUES[field.name] ?? []) : [];
  const closed = value.type === 'text' ? (value.values ?? []) : [];
  const pairs = [
    ...usual,
    ...known.map((one): [string, string] => [one, '']),
    ...closed.map((one): [string, string] => [one, '']),
  ];
  const word = typed.toLowerCase();
  const seen = new Set<string>();
  const begins: Suggestion[] = [];
  const inside: Suggestion[] = [];
  for (const [text, says] of pairs) {
    if (seen.has(text) || text === '') continue;
    seen.add(text);
    const lower = text.toLowerCase();
    const suggestion: Suggestion = { kind: 'value', insert: quoteValue(text), title: text, says };
    if (lower.startsWith(word)) begins.push(suggestion);
    else if (word !== '' && lower.includes(word)) inside.push(suggestion);
  }
  return [...begins, ...inside].slice(0, MOST);
}

/** Quotes a value where the language would read it as something else. Comparisons stay as they are. */
function quoteValue(text: string): string {
  return /^[^\s()"]+$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
