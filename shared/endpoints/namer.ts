import { s3Template } from './aws.ts';
import { compileCorrections, decide, follow } from './corrections.ts';
import type { Correction, CorrectionNode } from './corrections.ts';
import type { EndpointNamer, OperationHead } from './endpoints.ts';
import { operationOf } from './operation.ts';
import { createPathTree, nameFor, templateOf } from './path-tree.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import { readState, writeState } from './state.ts';
import { templatePath } from './template.ts';
import { tokensOf } from './tokens.ts';

const MOST_HOSTS = 1000;
/** Parts of paths of all hosts together. */
const MOST_NODES = 100_000;
/** Paths whose place is remembered, of all hosts together. */
const MOST_REMEMBERED = 50_000;
const LONGEST_REMEMBERED = 300;
/** Operations at one place, and of one host; beyond it, they are one. */
const MOST_NAMES = 500;
const MOST_NAMES_OF_HOST = 5000;
const OTHER_OPERATION = '{operation}';
const METHODS: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT DELETE PATCH OPTIONS CONNECT TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY PURGE LINK UNLINK'.split(
    ' ',
  ),
);

interface Host {
  tree: PathTree;
  places: Map<string, PathNode>;
  usedAt: number;
  /** Names given out. */
  names: number;
}

export type { Correction } from './corrections.ts';

/**
 * Names endpoints, and learns how. `state`: what `takeState` gave before; text that is none is as if there were none.
 * `corrections`: what people say, which wins; to change them, make a new namer from the state of the old one. Names that
 * they widen come out of `takeMerges`; a name that is one of its own again comes as a merge into itself, which takes
 * back what was said of it.
 *
 * Bounded: 1,000 hosts (the longest unused is forgotten), 3,000 parts of paths each (100,000 together; what is beyond is
 * `/{rest}`), 500 names at a place and 5,000 of a host that say an operation. Never throws.
 */
export function createEndpointNamer(
  state: string | null = null,
  corrections: readonly Correction[] = [],
): EndpointNamer {
  const said = compileCorrections(corrections);
  const hosts = new Map<string, Host>();
  const tokens: string[] = [];
  let merges: { host: string; from: string[]; to: string }[] = [];
  let remembered = 0;
  let tick = 0;
  let forgot = false;

  if (state !== null) restore(state);

  function restore(text: string): void {
    for (const [host, root] of readState(text).slice(-MOST_HOSTS)) {
      const kept = hostOf(host);
      copy(kept, root, []);
      for (const one of corrections)
        if (one.keep && one.host.toLowerCase() === host) takeBack(host, kept, root, tokensOf(one.template.trim(), []));
      collectMerges(host, kept);
      takeBackKept(host, root, [], said.get(host) ?? null);
      kept.tree.takeChanged();
    }
  }

  /** Places a stored tree's paths anew, so that corrections and today's rules count. */
  function copy(host: Host, node: PathNode, path: string[]): void {
    if (node.names) {
      const place = host.tree.place(path);
      const old = templateOf(node);
      place.names ??= new Map();
      for (const key of node.names.keys()) {
        const from = nameFor(key, old);
        const to = nameFor(key, templateOf(place));
        place.names.set(key, to);
        if (from !== to) host.tree.noteRenamed({ from, to });
      }
    }
    const inside = (child: PathNode): void => {
      path.push(child.label);
      copy(host, child, path);
      path.pop();
    };
    if (node.words) for (const child of node.words.values()) inside(child);
    if (node.item) inside(node.item);
    // Names that were taken in are gone from the stored tree: that they vary is all that is left of them.
    if (node.varies === 0) return;
    const place = node.parent ? host.tree.place(path) : host.tree.root;
    place.varies = node.varies;
    place.taken = node.taken;
  }

  /** A path that is to be kept was an item until now: its names are their own again. */
  function takeBack(name: string, host: Host, root: PathNode, path: readonly string[]): void {
    let node: PathNode | null = root;
    let wasItem = false;
    for (const token of path) {
      const word: PathNode | null = node?.words?.get(token) ?? null;
      if (!word && !token.startsWith('/{')) wasItem = true;
      node = word ?? node?.item ?? null;
    }
    if (!wasItem || !node?.names) return;
    const place = host.tree.place(path);
    for (const key of node.names.keys()) {
      const own = nameFor(key, templateOf(place));
      (place.names ??= new Map()).set(key, own);
      merges.push({ host: name, from: [own], to: own });
    }
  }

  /** Names that people keep may have been taken into wider ones before: each becomes its own again. */
  function takeBackKept(host: string, node: PathNode, path: string[], corrections: CorrectionNode | null): void {
    if (corrections === null) return;
    if (node.names && isKept(path, corrections))
      for (const key of node.names.keys()) {
        const name = nameFor(key, path.join(''));
        if (!merges.some((merge) => merge.host === host && merge.to === name))
          merges.push({ host, from: [name], to: name });
      }
    for (const child of node.words?.values() ?? []) takeBackKept(host, child, [...path, child.label], corrections);
  }

  function hostOf(name: string): Host {
    let host = hosts.get(name);
    if (!host) {
      if (hosts.size >= MOST_HOSTS) forgetHosts();
      hosts.set(
        name,
        (host = { tree: createPathTree(said.get(name) ?? null), places: new Map(), usedAt: 0, names: 0 }),
      );
    }
    host.usedAt = tick += 1;
    return host;
  }

  /** A tenth of the hosts at once, so that finding them is not paid for by every new one. */
  function forgetHosts(): void {
    const oldest = [...hosts].sort(([, a], [, b]) => a.usedAt - b.usedAt).slice(0, Math.ceil(hosts.size / 10));
    for (const [name, { places }] of oldest) {
      remembered -= places.size;
      hosts.delete(name);
    }
    forgot = true;
  }

  function collectMerges(name: string, host: Host): void {
    const renamed = host.tree.takeRenamed();
    if (renamed.length === 0) return;
    remembered -= host.places.size;
    host.places.clear();
    // Names may have changed twice.
    const last = new Map<string, string>();
    for (const { from, to } of renamed) if (from !== to) last.set(from, to);
    const byTarget = new Map<string, string[]>();
    for (const from of last.keys()) {
      let to = from;
      for (let step = 0; step < 20; step += 1) {
        const next = last.get(to);
        if (next === undefined) break;
        to = next;
      }
      if (to === from) continue;
      const list = byTarget.get(to);
      if (list) list.push(from);
      else byTarget.set(to, [from]);
    }
    for (const [to, from] of byTarget) merges.push({ host: name, from, to });
  }

  function placeOf(name: string, host: Host, path: string): PathNode {
    const known = host.places.get(path);
    if (known) return known;
    const before = host.tree.nodes();
    const place = host.tree.place(tokensOf(path, tokens));
    collectMerges(name, host);
    if (host.tree.nodes() !== before) {
      if (before % 100 === 0 && nodesOfAll() > MOST_NODES) forgetHosts();
    }
    if (path.length <= LONGEST_REMEMBERED) {
      if (remembered >= MOST_REMEMBERED) forgetPlaces();
      host.places.set(path, place);
      remembered += 1;
    }
    return place;
  }

  function forgetPlaces(): void {
    for (const { places } of hosts.values()) places.clear();
    remembered = 0;
  }

  function nodesOfAll(): number {
    let all = 0;
    for (const { tree } of hosts.values()) all += tree.nodes();
    return all;
  }

  function nameAt(host: Host, place: PathNode, method: string, operation: string | null): string {
    const key = operation === null ? method : `${method} ${operation}`;
    const known = place.names?.get(key);
    if (known !== undefined) return known;
    const names = (place.names ??= new Map());
    if (
      operation !== null &&
      operation !== OTHER_OPERATION &&
      (names.size >= MOST_NAMES || host.names >= MOST_NAMES_OF_HOST)
    )
      return nameAt(host, place, method, OTHER_OPERATION);
    const name = nameFor(key, templateOf(place));
    names.set(key, name);
    host.names += 1;
    host.tree.noteChanged();
    return name;
  }

  function nameOf(head: OperationHead, body: string | null): string {
    const method = METHODS.has(head.method) ? head.method : methodOf(head.method);
    const s3 = s3Template(head);
    if (s3) return nameFor(s3.operation === null ? method : `${method} ${s3.operation}`, s3.template);
    const name = isLower(head.host) ? head.host : head.host.toLowerCase();
    const host = hostOf(name);
    const place = placeOf(name, host, head.path);
    return nameAt(host, place, method, operationOf(head, body));
  }

  return {
    name(head, body) {
      try {
        return nameOf(head, body);
      } catch {
        // Not worth a call's record: what surely varies is taken out all the same.
        return `${head.method} ${templatePath(head.path.slice(0, 1000))}`;
      }
    },
    takeMerges() {
      const all = merges;
      if (all.length > 0) merges = [];
      return all;
    },
    takeState() {
      let changed = forgot;
      forgot = false;
      for (const { tree } of hosts.values()) if (tree.takeChanged()) changed = true;
      if (!changed) return null;
      const inOrder = [...hosts].sort(([, a], [, b]) => a.usedAt - b.usedAt);
      return writeState(inOrder.map(([name, { tree }]) => [name, tree]));
    },
  };
}

function isKept(path: readonly string[], corrections: CorrectionNode): boolean {
  let states: readonly CorrectionNode[] = [corrections];
  let said: ReturnType<typeof decide> = null;
  for (const token of path) {
    said = decide(states, token);
    states = follow(states, token);
  }
  return said === 'keep';
}

/** Methods as they are, as long as they are words; others are one. */
function methodOf(method: string): string {
  const upper = method.toUpperCase();
  return METHODS.has(upper) ? upper : 'OTHER';
}

function isLower(host: string): boolean {
  for (let at = 0; at < host.length; at += 1) {
    const code = host.charCodeAt(at);
    if (code >= 65 && code <= 90) return false;
  }
  return true;
}
