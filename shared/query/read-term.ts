import { allOf } from './compose.ts';
import { fieldNamed } from './fields.ts';
import type { Token } from './lex.ts';
import type { QueryError } from './parse.ts';
import type { TimeOptions } from './read-time.ts';
import { readValue } from './read-value.ts';
import { suggestField } from './suggest.ts';
import type { QueryTree } from './tree.ts';

type Term = Extract<Token, { type: 'term' }>;
type TermReading = { tree: QueryTree } | { error: QueryError };

const FIELD_EXPECTED = ['a field like status:, host:, path:, duration:'];
/** RFC 9110 token: what a header may be called. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const ADDRESS = /^(?:https?|wss?):\/\//i;
/** `api.stripe.com:443/v1`, `localhost:8080`, `[::1]:80`: what people paste. */
const HOST_AND_PORT = /^(localhost|\[[0-9a-f:.]+\]|[\w*-]+(?:\.[\w*-]+)+):(\d{1,5})(\/\S*)?$/i;

/** Reads one term: a word, a pasted address, or `field:value`. */
export function readTerm(term: Term, options: TimeOptions): TermReading {
  const { text, value, start, end } = term;
  if (text === '') return word(value ?? '', term);
  const colon = text.indexOf(':');
  if (colon < 0) return readWord(term);
  if (colon === 0)
    return failed(
      'a field name is missing before the colon; to search for the text itself, put it in quotes',
      start,
      start + 1,
      FIELD_EXPECTED,
    );
  if (value === null && ADDRESS.test(text)) return { tree: { op: 'text', field: 'url', pattern: text } };
  const name = text.slice(0, colon);
  const header = /^header\.(.*)$/is.exec(name);
  if (header) return readHeader(header[1] ?? '', text.slice(colon + 1), term, start + colon);
  const field = fieldNamed(name);
  if (!field) return readUnknown(name, colon, term);

  const bare = text.slice(colon + 1);
  const from = start + colon + 1;
  if (value === null && bare === '')
    return failed(`a value is missing directly after ${field.name}:`, from, end, [`something like ${field.example}`]);
  const fieldText = field.value.type === 'text' || field.value.type === 'body';
  if (fieldText && value !== null && bare !== '') return operatorOnText(field.name, bare, from);
  const read = readValue(field, fieldText ? (value ?? bare) : bare + (value ?? ''), value !== null, options);
  if ('tree' in read) return read;
  return failed(read.fault.message, from, end, read.fault.expected, read.fault.replacement);
}

function readWord(term: Term): TermReading {
  const { text, start } = term;
  const [, name = '', operator = ''] = /^([a-z.-]+)(>=|<=|!=|>|<|=)./i.exec(text) ?? [];
  const field = fieldNamed(name);
  if (!field) return word(text, term);
  const rest = text.slice(name.length + operator.length);
  const meant =
    operator === '!='
      ? `-${field.name}:${rest}`
      : operator === '='
        ? `${field.name}:${rest}`
        : `${field.name}:${operator}${rest}`;
  return failed(`a field and its value are joined by a colon: ${meant}`, start, start + text.length, [meant], meant);
}

function word(text: string, term: Term): TermReading {
  if (text.replaceAll('*', '') === '')
    return failed('there is nothing to search for', term.start, term.end, ['a word']);
  return { tree: { op: 'word', text } };
}

function readHeader(name: string, bare: string, term: Term, colon: number): TermReading {
  if (!HEADER_NAME.test(name))
    return failed('a header name is missing or not valid', term.start, colon, [
      'header.NAME:value, like header.x-request-id:abc',
    ]);
  if (term.value !== null && bare !== '') return operatorOnText(`header.${name}`, bare, colon + 1);
  return { tree: { op: 'header', name: name.toLowerCase(), pattern: term.value ?? bare } };
}

function readUnknown(name: string, colon: number, term: Term): TermReading {
  const place = term.value === null ? HOST_AND_PORT.exec(term.text) : null;
  if (place) {
    const [, host = '', port, path] = place;
    const parts: QueryTree[] = [
      { op: 'word', text: host.replace(/^\[|\]$/g, '') },
      { op: 'number', field: 'port', comparison: '=', value: Number(port) },
    ];
    if (path) parts.push({ op: 'text', field: 'path', pattern: path });
    return { tree: allOf(parts) };
  }
  const near = suggestField(name);
  const hint = near ? `; did you mean ${near}:` : '; to search for the text itself, put it in quotes';
  return failed(`there is no field “${name}”${hint}`, term.start, term.start + colon, FIELD_EXPECTED, near);
}

function operatorOnText(field: string, operator: string, at: number): TermReading {
  return failed(`${field} is text and has no order; drop the ${operator}`, at, at + operator.length, [
    'a text or pattern',
  ]);
}

function failed(
  message: string,
  start: number,
  end: number,
  expected: string[],
  suggestion: string | null = null,
): TermReading {
  return { error: { message, start, end, expected, suggestion } };
}
