import type { Pair } from './pair-list.tsx';
import { readPairs } from '../../../../shared/payload/pairs.ts';

/** One parameter of an address, with its text as it stands there while nobody changes it. */
export interface Parameter extends Pair {
  /** Null: it has to be written anew. */
  raw: string | null;
  /** Stands alone, without `=`. */
  alone: boolean;
}

/** The parameters of an address; parts of it that were not changed stay exactly as they are. */
export function readParameters(url: string): Parameter[] {
  const at = url.indexOf('?');
  if (at < 0) return [];
  const query = url.slice(at + 1).split('#', 1)[0] ?? '';
  return readPairs(query).map(({ name, value, rawName, rawValue, hasValue }) => ({
    name,
    value,
    off: false,
    alone: !hasValue,
    raw: hasValue ? `${rawName}=${rawValue}` : rawName,
  }));
}

/** The address with other parameters. Those that are off are left out: an address has no place for them. */
export function writeParameters(url: string, parameters: readonly Parameter[]): string {
  const [whole = '', ...fragment] = url.split('#');
  const base = whole.split('?', 1)[0] ?? '';
  const query = parameters
    .filter(({ off }) => !off)
    .map(
      ({ name, value, raw, alone }) =>
        raw ?? (alone && value === '' ? escape(name) : `${escape(name)}=${escape(value)}`),
    )
    .join('&');
  return `${base}${query === '' ? '' : `?${query}`}${fragment.length > 0 ? `#${fragment.join('#')}` : ''}`;
}

/** Percent-encoded, but for variables: `{{name}}` is replaced before it is sent. */
function escape(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : encodeURIComponent(piece)))
    .join('');
}
