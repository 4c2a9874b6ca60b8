import { readHost } from './host-names.ts';

/**
 * Host patterns, found by the labels of a host from the right: as long as the host, not as many patterns as there are.
 *
 * A pattern is a host name in which a label may be `*` (only the first one: one or more labels), or may hold
 * placeholders: `{region}` is kept, any other name (`{bucket}`) only says that something stands there. A placeholder
 * takes letters, digits, `-` and `_`, and never a dot. The most specific pattern wins: label by label from the right,
 * a plain label before one with placeholders, that before `*`.
 */
export interface HostIndex<T> {
  /** False when the very pattern is there already; the first stays. */
  add(pattern: string, value: T): boolean;
  find(labels: readonly string[]): { value: T; region: string | null } | null;
}

interface Place<T> {
  plain: Map<string, Place<T>>;
  /** Labels with placeholders, the longest plain text first. */
  shaped: { source: string; shape: RegExp; place: Place<T> }[];
  here: T | null;
  below: T | null;
}

const LABEL = /^[a-z\d_-]*(?:\{[a-z]+\}[a-z\d_-]*)*$/;

/** Why a text is no host pattern, in a sentence; null when it is one. */
export function problemOfPattern(pattern: string): string | null {
  if (pattern.length > 253) return 'A host is 253 characters at most.';
  const labels = pattern.split('.');
  const rest = labels[0] === '*' ? labels.slice(1) : labels;
  if (readHost(pattern).name?.includes(':')) return null;
  if (pattern.includes('/') || pattern.includes(':')) {
    return `“${pattern}” is an address; write the host alone, without scheme, port and path.`;
  }
  if (rest.length === 0) return 'A star alone would be every host.';
  if (rest.some((label) => label.includes('*'))) return 'A star stands for whole labels, at the beginning only.';
  const bad = rest.find((label) => label === '' || !LABEL.test(label));
  if (bad !== undefined) return `“${bad}” is no part of a host name: lower-case letters, digits and “-”.`;
  return rest.at(-1)?.includes('{') === true ? 'The top domain must be written out.' : null;
}

/** An empty index. */
export function createHostIndex<T>(): HostIndex<T> {
  const root = emptyPlace<T>();

  function search(
    place: Place<T>,
    labels: readonly string[],
    left: number,
  ): { value: T; region: string | null } | null {
    if (left === 0) return place.here === null ? null : { value: place.here, region: null };
    const label = labels[left - 1] ?? '';
    const next = place.plain.get(label);
    const found = next && search(next, labels, left - 1);
    if (found) return found;
    for (const { shape, place: shapedPlace } of place.shaped) {
      const match = shape.exec(label);
      if (!match) continue;
      const inner = search(shapedPlace, labels, left - 1);
      if (inner)
        return inner.region === null ? { value: inner.value, region: match.groups?.['region'] ?? null } : inner;
    }
    return place.below === null ? null : { value: place.below, region: null };
  }

  return {
    add(pattern, value) {
      const labels = pattern.split('.');
      let place = root;
      for (let at = labels.length - 1; at >= 0; at -= 1) {
        const label = labels[at] ?? '';
        if (label === '*') {
          const free = place.below === null;
          place.below ??= value;
          return free;
        }
        place = label.includes('{') ? shapedPlace(place, label) : plainPlace(place, label);
      }
      const free = place.here === null;
      place.here ??= value;
      return free;
    },
    find: (labels) => search(root, labels, labels.length),
  };
}

function plainPlace<T>(place: Place<T>, label: string): Place<T> {
  const there = place.plain.get(label);
  if (there) return there;
  const made = emptyPlace<T>();
  place.plain.set(label, made);
  return made;
}

function shapedPlace<T>(place: Place<T>, source: string): Place<T> {
  const there = place.shaped.find((shaped) => shaped.source === source);
  if (there) return there.place;
  const body = source.replaceAll(/\{([a-z]+)\}/g, (_, name: string) =>
    // Regions begin with a letter and are lower case in every cloud; only the first of a label is kept.
    name === 'region' ? '(?<region>[a-z][a-z\\d-]*)' : '[\\p{L}\\p{M}\\p{N}_-]+',
  );
  const made = { source, shape: new RegExp(`^${body}$`, 'u'), place: emptyPlace<T>() };
  place.shaped.push(made);
  const plainLength = (text: string) => text.replaceAll(/\{[a-z]+\}/g, '').length;
  place.shaped.sort((a, b) => plainLength(b.source) - plainLength(a.source));
  return made.place;
}

function emptyPlace<T>(): Place<T> {
  return { plain: new Map(), shaped: [], here: null, below: null };
}
