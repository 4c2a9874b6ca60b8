import type { PathNode, PathTree } from './path-tree.ts';
import { newNode } from './path-tree.ts';

/** Parts of a host's paths, for the next start: label, names' keys, whether what is below varies, words, item, words taken in. */
type Row = [label: string, keys: string[], varies: 0 | 1 | 2, words: Row[], item: Row | null, taken: string[]];
interface State {
  version: 1;
  hosts: [host: string, root: Row][];
}

const DEEPEST = 40;

export function writeState(hosts: Iterable<[string, PathTree]>): string {
  const state: State = { version: 1, hosts: [] };
  for (const [host, tree] of hosts) state.hosts.push([host, rowOf(tree.root)]);
  return JSON.stringify(state);
}

function rowOf(node: PathNode): Row {
  return [
    node.label,
    node.names ? [...node.names.keys()] : [],
    node.varies,
    node.words ? [...node.words.values()].map(rowOf) : [],
    node.item ? rowOf(node.item) : null,
    node.taken ? [...node.taken] : [],
  ];
}

/** What a stored text says, host by host; what of it is no such text is left out. Never throws. */
export function readState(text: string): [host: string, root: PathNode][] {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return [];
  }
  const state = said as Partial<State> | null;
  if (state?.version !== 1 || !Array.isArray(state.hosts)) return [];
  const hosts: [string, PathNode][] = [];
  for (const entry of state.hosts as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') continue;
    const root = nodeOf(entry[1], null, 0);
    if (root) hosts.push([entry[0], root]);
  }
  return hosts;
}

function nodeOf(said: unknown, parent: PathNode | null, depth: number): PathNode | null {
  if (!Array.isArray(said) || depth > DEEPEST) return null;
  const [label, keys, varies, words, item, taken] = said as unknown[];
  if (typeof label !== 'string') return null;
  const node = newNode(label, parent);
  node.varies = varies === 1 || varies === 2 ? varies : 0;
  if (Array.isArray(keys) && keys.length > 0) {
    node.names = new Map();
    for (const key of keys) if (typeof key === 'string') node.names.set(key, '');
  }
  if (Array.isArray(words))
    for (const one of words) {
      const child = nodeOf(one, node, depth + 1);
      if (child) (node.words ??= new Map()).set(child.label, child);
    }
  if (Array.isArray(taken) && taken.length > 0)
    node.taken = new Set(taken.filter((token) => typeof token === 'string'));
  node.item = item === null ? null : nodeOf(item, node, depth + 1);
  return node;
}
