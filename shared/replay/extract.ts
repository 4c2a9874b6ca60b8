import type { Json } from '../diff/json-diff.ts';
import type { AnswerFacts } from './assertions.ts';
import { compileJsonPath, JsonPathFault, type JsonPath } from './json-path.ts';

/** Where in an answer a value for later requests is found. */
export type Extraction =
  | { kind: 'path'; path: JsonPath }
  | { kind: 'header'; name: string }
  | { kind: 'cookie'; name: string };

/** Reads `$.access_token`, `header location`, `cookie sid`; says what is wrong otherwise. */
export function readExtraction(text: string): Extraction | { says: string } {
  const [, kind, name = ''] = /^\s*(header|cookie)\s+([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*$/.exec(text) ?? [];
  if (kind === 'header') return { kind, name: name.toLowerCase() };
  if (kind === 'cookie') return { kind, name };
  if (!text.trim().startsWith('$'))
    return { says: `“${text}” is no place of an answer: $.path, header NAME or cookie NAME.` };
  try {
    return { kind: 'path', path: compileJsonPath(text.trim()) };
  } catch (error) {
    if (error instanceof JsonPathFault) return { says: error.message };
    throw error;
  }
}

/** The first value there is, as text: strings as they are, all else as JSON; null when there is none. */
export function extractValue(
  extraction: Extraction,
  { headers, json }: Pick<AnswerFacts, 'headers' | 'json'>,
): string | null {
  switch (extraction.kind) {
    case 'path': {
      if (json === undefined) return null;
      const [found] = extraction.path.find(json);
      return found === undefined ? null : textOf(found.value);
    }
    case 'header':
      return headers.find(([name]) => name.toLowerCase() === extraction.name)?.[1] ?? null;
    case 'cookie':
      for (const [name, value] of headers) {
        if (name.toLowerCase() !== 'set-cookie') continue;
        const [pair = ''] = value.split(';', 1);
        const equals = pair.indexOf('=');
        if (equals > 0 && pair.slice(0, equals).trim() === extraction.name) return pair.slice(equals + 1).trim();
      }
      return null;
  }
}

function textOf(value: Json): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
}
