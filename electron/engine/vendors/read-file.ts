import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { nearest } from '../../../shared/query/suggest.ts';
import { emptyVendor } from './declared.ts';
import type { Declared, DeclaredVendor } from './declared.ts';
import { fileSchema, keysAt } from './file-schema.ts';
import type { VendorsFile } from './file-schema.ts';
import { hasVariable } from './names.ts';

/** A mistake in the file: where, from 1, and what it is and what to do, in words. */
export interface FileProblem {
  line: number;
  column: number;
  says: string;
}

export type ReadFile = { declared: Declared } | { problems: FileProblem[] };

/** More is no file that people write. */
export const LARGEST_FILE = 4 * 1024 * 1024;
/** Mistakes told at once. */
const MOST_PROBLEMS = 20;

/** What the text of `vendors.yaml` says, or every mistake in it. Never throws. */
export function readVendorsText(text: string): ReadFile {
  if (text.length > LARGEST_FILE)
    return { problems: [{ line: 1, column: 1, says: 'The file is larger than 4 MiB; it is for what people write.' }] };
  const lines = new LineCounter();
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return {
      problems: document.errors
        .slice(0, MOST_PROBLEMS)
        .map(({ message, pos }) => ({ ...place(pos[0]), says: `This is no YAML: ${message.trimEnd()}.` })),
    };
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    return { problems: [{ line: 1, column: 1, says: error instanceof Error ? error.message : String(error) }] };
  }
  const problems: FileProblem[] = [];
  const tell = (path: readonly PropertyKey[], says: string, key: boolean): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ ...place(offsetOf(document, path, key)), says });
  };
  const read = fileSchema.safeParse(value);
  if (!read.success) {
    for (const issue of read.error.issues) {
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) tell([...issue.path, key], unknownKey(issue.path, key), true);
      else if (issue.code === 'invalid_key')
        tell(issue.path, `“${String(issue.path.at(-1))}”: ${issue.issues[0]?.message ?? issue.message}`, true);
      else tell(issue.path, `${nameOf(issue.path)}${issue.message}`, false);
    }
    return { problems: inOrder(problems) };
  }
  const declared = declaredOf(read.data);
  checkHosts(declared, tell);
  checkTemplates(declared, tell);
  return problems.length > 0 ? { problems: inOrder(problems) } : { declared };
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const known = keysAt(path);
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const meant = nearest(key, [...lower.keys()]);
  return meant === null
    ? `There is no “${key}” here. It may be one of ${known.join(', ')}.`
    : `There is no “${key}” here. Did you mean “${lower.get(meant)}”?`;
}

function nameOf(path: readonly PropertyKey[]): string {
  const name = path.findLast((part) => typeof part === 'string');
  return name === undefined ? '' : `“${name}”: `;
}

/** A host is one vendor’s. */
function checkHosts(
  { vendors }: Declared,
  tell: (path: readonly PropertyKey[], says: string, key: boolean) => void,
): void {
  const owners = new Map<string, string>();
  for (const { id, hosts } of vendors)
    for (const [index, host] of hosts.entries()) {
      const owner = owners.get(host);
      if (owner !== undefined && owner !== id)
        tell(
          ['vendors', id, 'hosts', index],
          `“${host}” is listed under “${owner}”, too. Leave it at one of them.`,
          false,
        );
      owners.set(host, id);
    }
}

function checkTemplates(
  { endpoints }: Declared,
  tell: (path: readonly PropertyKey[], says: string, key: boolean) => void,
): void {
  for (const { host, merge, keep } of endpoints)
    for (const [index, template] of merge.entries()) {
      if (!hasVariable(template))
        tell(
          ['endpoints', host, 'merge', index],
          `“${template}” says of nothing that it varies. Write {name} where it does, or move it to “keep”.`,
          false,
        );
      else if (keep.includes(template))
        tell(
          ['endpoints', host, 'merge', index],
          `“${template}” is under “keep”, too. Leave it at one of them.`,
          false,
        );
    }
}

function declaredOf({ vendors, endpoints }: VendorsFile): Declared {
  return {
    vendors: Object.entries(vendors ?? {}).map(([id, said]): DeclaredVendor => {
      const vendor = emptyVendor(id);
      for (const [key, value] of Object.entries(said ?? {}))
        if (value !== null && value !== undefined) Object.assign(vendor, { [key]: value });
      return vendor;
    }),
    endpoints: Object.entries(endpoints ?? {}).map(([host, said]) => ({
      host,
      merge: said?.merge ?? [],
      keep: said?.keep ?? [],
    })),
  };
}

/** Where something stands in the text; of what is not there, where it would. `key`: where its name stands. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return offset;
      const keyAt = (pair.key as Node).range?.[0] ?? offset;
      const valueAt = (pair.value as Node | null)?.range?.[0];
      offset = key && depth === path.length - 1 ? keyAt : (valueAt ?? keyAt);
      node = pair.value;
    } else {
      const item = (node as { items?: unknown[] } | null)?.items?.[Number(part)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    }
  }
  return offset;
}

function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
