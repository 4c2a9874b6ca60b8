import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { FileProblem } from './register.ts';

export type Path = readonly PropertyKey[];

/** Where something stands: from 1, the end exclusive. */
export interface Place {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** YAML as plain data, and where in the text it stands. */
export interface ReadYaml {
  document: Document.Parsed;
  value: unknown;
  /** Of what is not there, where it would. `key`: of its name. */
  placeOf(path: Path, key?: boolean): Place;
}

/** More is no file that people write. */
const LARGEST_FILE = 4 * 1024 * 1024;
/** Mistakes told at once. */
export const MOST_PROBLEMS = 20;

/** Reads a text, or tells why it is no YAML. Never throws. An empty one is an empty map. */
export function readYaml(text: string): ReadYaml | { problems: (FileProblem & Place)[] } {
  if (text.length > LARGEST_FILE)
    return { problems: [{ ...START, says: 'The file is larger than 4 MiB; it is for what people write.' }] };
  const lines = new LineCounter();
  const placeAt = (from: number, to: number): Place => {
    const start = lines.linePos(from);
    const end = lines.linePos(Math.max(from, to));
    const [line, column] = [Math.max(1, start.line), Math.max(1, start.col)];
    return { line, column, endLine: Math.max(line, end.line), endColumn: Math.max(1, end.col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return {
      problems: document.errors
        .slice(0, MOST_PROBLEMS)
        .map(({ message, pos }) => ({ ...placeAt(pos[0], pos[1]), says: `This is no YAML: ${message.trimEnd()}.` })),
    };
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    return { problems: [{ ...START, says: error instanceof Error ? error.message : String(error) }] };
  }
  return {
    document,
    value,
    placeOf(path, key = false) {
      const [from, to] = rangeOf(document, path, key);
      // A block goes on to where the next thing begins.
      return placeAt(from, from + text.slice(from, to).trimEnd().length);
    },
  };
}

const START: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

function rangeOf(document: Document.Parsed, path: Path, key: boolean): [from: number, to: number] {
  let node: unknown = document.contents;
  let at = of(node) ?? [0, 0];
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return at;
      const name = of(pair.key) ?? at;
      at = key && depth === path.length - 1 ? name : (of(pair.value) ?? name);
      node = pair.value;
    } else {
      const item = (node as { items?: unknown[] } | null)?.items?.[Number(part)];
      if (item === undefined) return at;
      at = of(item) ?? at;
      node = item;
    }
  }
  return at;
}

function of(node: unknown): [number, number] | null {
  const range = (node as Node | null)?.range;
  return range ? [range[0], range[1]] : null;
}
