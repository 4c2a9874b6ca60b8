import { decide, follow } from './corrections.ts';
import type { CorrectionNode } from './corrections.ts';
import { isApiWord, isCollection, isReserved, isVerb, isVersionPlace, readsLikeApi, sureKind } from './segments.ts';
import { REST } from './tokens.ts';

/** One part of a host's paths. */
export interface PathNode {
  /** As it stands in templates, with what joins it: `/customers`, `/{id}`, `.json`. */
  label: string;
  parent: PathNode | null;
  words: Map<string, PathNode> | null;
  /** What varies here, all kinds together. */
  item: PathNode | null;
  /** 1: the position below is known to vary; what does not read like an API is an item. 2: there are too many names for an API. */
  varies: 0 | 1 | 2;
  /** Words that read like an API and turned out to be items here; each counts as a part. */
  taken: Set<string> | null;
  /** People named the item below. */
  fixed: boolean;
  /** People said that it stays. */
  kept: boolean;
  /** Names that end here: by method and operation. */
  names: Map<string, string> | null;
}

/** A name that became another. */
export interface Renamed {
  from: string;
  to: string;
}

/** Nodes of one host. */
const MOST_NODES = 3000;
/** Distinct names at a place before they count as names of things: after a word for many, after an item, elsewhere. */
const AFTER_MANY = 4;
const AFTER_ONE = 10;
const AFTER_ITEM = 16;
const ELSEWHERE = 24;
/** … or so many of them with the same API word below. */
const ALIKE = 4;
/** Words of any kind at one place: nobody's API has more. */
const MOST_WORDS = 300;

export interface PathTree {
  root: PathNode;
  /** The place of a path; makes it when it is new and there is room. */
  place(tokens: readonly string[]): PathNode;
  nodes(): number;
  /** Names that changed since it was asked last. */
  takeRenamed(): Renamed[];
  /** Whether anything was added or changed since it was asked last. */
  takeChanged(): boolean;
  noteRenamed(one: Renamed): void;
  noteChanged(): void;
}

export const newNode = (label: string, parent: PathNode | null): PathNode => ({
  label,
  parent,
  words: null,
  item: null,
  varies: 0,
  taken: null,
  fixed: false,
  kept: false,
  names: null,
});

export function templateOf(node: PathNode): string {
  let template = '';
  for (let at: PathNode | null = node; at; at = at.parent) template = at.label + template;
  return template;
}

/**
 * The paths of one host as a tree that learns which parts vary. What it comes to depends on which paths were seen, not on
 * their order, as long as there is room: evidence is counted in distinct names, only ever grows, and API words, which it
 * is counted by, are never taken in.
 */
export function createPathTree(corrections: CorrectionNode | null): PathTree {
  const root = newNode('', null);
  let count = 1;
  let changed = false;
  let renamed: Renamed[] = [];
  /** The highest place that the last walk added something to. */
  const highest: { at: PathNode | null } = { at: null };

  function childOf(node: PathNode, token: string, states: readonly CorrectionNode[]): PathNode | null {
    const said = states.length > 0 ? decide(states, token) : null;
    if (said === 'keep') return wordOf(node, token, true);
    if (said !== null) {
      nameItem(node, said.label);
      return itemOf(node, said.label);
    }
    const known = node.words?.get(token);
    if (known) return known;
    const joined = token.charCodeAt(0) !== 47;
    // Placeholders come when a stored tree is read, and in requests of people who did not fill them in.
    const kind = joined
      ? null
      : token.charCodeAt(1) === 123
        ? placeholder(token)
        : sureKind(token.slice(1), isVersionPlace(node.label));
    if (kind !== null) return itemOf(node, `/${kind}`);
    if (node.varies > 0 && !joined && (isItemWord(node, token.slice(1)) || node.taken?.has(token)))
      return itemOf(node, '/{slug}');
    return wordOf(node, token, false);
  }

  function wordOf(node: PathNode, token: string, kept: boolean): PathNode | null {
    let child = node.words?.get(token);
    if (!child) {
      if (count >= MOST_NODES && !kept) return null;
      (node.words ??= new Map()).set(token, (child = newNode(token, node)));
      count += 1;
      changed = true;
      highest.at ??= node;
    }
    if (kept) child.kept = true;
    return child;
  }

  function itemOf(node: PathNode, label: string): PathNode | null {
    const { item } = node;
    if (!item) {
      if (count >= MOST_NODES) return null;
      count += 1;
      changed = true;
      highest.at ??= node;
      return (node.item = newNode(label, node));
    }
    if (item.label !== label && item.label !== '/{id}' && !node.fixed) relabel(item, '/{id}');
    return item;
  }

  /** What reads like an API stays evidence of what the place above is, whatever became of it: so that order does not matter. */
  function noteTaken(node: PathNode, token: string): void {
    if (count >= MOST_NODES || !readsLikeApi(token.slice(1)) || node.taken?.has(token)) return;
    (node.taken ??= new Set()).add(token);
    count += 1;
    changed = true;
    highest.at ??= node;
  }

  /** People say that what is below varies: all words that nobody kept are taken in. */
  function nameItem(node: PathNode, label: string): void {
    if (node.fixed && node.item?.label === label) return;
    if (!itemOf(node, label)) return;
    node.fixed = true;
    node.varies = 1;
    if (node.item!.label !== label) relabel(node.item!, label);
    takeIn(node, (child) => !child.kept);
  }

  function relabel(node: PathNode, label: string): void {
    node.label = label;
    changed = true;
    rename(node);
  }

  /** Names below anew. */
  function rename(node: PathNode): void {
    if (node.names) {
      const template = templateOf(node);
      for (const [key, name] of node.names) {
        const to = nameFor(key, template);
        if (to === name) continue;
        node.names.set(key, to);
        renamed.push({ from: name, to });
      }
    }
    if (node.words) for (const child of node.words.values()) rename(child);
    if (node.item) rename(node.item);
  }

  function takeIn(node: PathNode, which: (child: PathNode, token: string) => boolean): void {
    if (!node.words) return;
    for (const [token, child] of node.words) {
      if (token.charCodeAt(0) !== 47 || child.kept || !which(child, token)) continue;
      node.words.delete(token);
      noteTaken(node, token);
      const item = itemOf(node, '/{slug}') ?? (node.item = newNode('/{slug}', node));
      count -= 1;
      merge(item, child);
    }
    if (node.item) {
      rename(node.item);
      learnBelow(node.item);
    }
  }

  /** All of `from` into `into`; names keep their old text until `rename` finds them a new one. */
  function merge(into: PathNode, from: PathNode): void {
    changed = true;
    if (from.names) {
      const template = templateOf(into);
      into.names ??= new Map();
      for (const [key, name] of from.names) {
        const to = nameFor(key, template);
        if (to !== name) renamed.push({ from: name, to });
        into.names.set(key, to);
      }
    }
    if (from.varies > into.varies) into.varies = from.varies;
    into.kept ||= from.kept;
    if (from.taken) for (const token of from.taken) (into.taken ??= new Set()).add(token);
    if (from.words)
      for (const [token, child] of from.words) {
        const same = into.words?.get(token);
        if (same) {
          count -= 1;
          merge(same, child);
        } else if (
          into.varies > 0 &&
          token.charCodeAt(0) === 47 &&
          !child.kept &&
          (isItemWord(into, token.slice(1)) || into.taken?.has(token))
        ) {
          const item = itemOf(into, '/{slug}') ?? (into.item = newNode('/{slug}', into));
          count -= 1;
          merge(item, child);
        } else {
          child.parent = into;
          (into.words ??= new Map()).set(token, child);
          rename(child);
        }
      }
    if (from.item) {
      if (into.item) {
        count -= 1;
        if (into.item.label !== from.item.label && !into.fixed && into.item.label !== '/{id}')
          relabel(into.item, '/{id}');
        merge(into.item, from.item);
      } else {
        from.item.parent = into;
        into.item = from.item;
        into.fixed ||= from.fixed;
        rename(into.item);
      }
    }
  }

  /** Whether the names at a place are names of things, and which of them. */
  function learn(node: PathNode): void {
    if (!node.words) return;
    if (node.varies < 2 && node.words.size > MOST_WORDS) {
      node.varies = 2;
      changed = true;
    } else if (node.varies === 0) {
      if (!isProved(node)) return;
      node.varies = 1;
      changed = true;
    }
    // What is taken in shows what else is like it.
    for (let before = -1; node.words.size !== before;) {
      before = node.words.size;
      takeIn(node, (child, token) => belongs(node, child, token.slice(1)));
    }
  }

  function isProved(node: PathNode): boolean {
    if (node.words!.size < ALIKE) return false;
    let strong = 0;
    let below: Map<string, number> | null = null;
    let shared = 0;
    for (const [token, child] of node.words!) {
      if (token.charCodeAt(0) !== 47 || child.kept || readsLikeApi(token.slice(1))) continue;
      strong += 1;
      for (const word of tellingOf(child)) {
        below ??= new Map();
        const times = (below.get(word) ?? 0) + 1;
        below.set(word, times);
        if (times === ALIKE) shared += 1;
      }
    }
    if (node.label.charCodeAt(1) === 123) return strong >= AFTER_ITEM || shared >= 1;
    if (followsCollection(node)) return strong >= (node.label.endsWith('s') ? AFTER_MANY : AFTER_ONE) || shared >= 1;
    return strong >= ELSEWHERE || shared >= 3;
  }

  /** Whether a name at a place that varies is one of its items: by itself, or because the same API words are below. */
  function belongs(node: PathNode, child: PathNode, word: string): boolean {
    if (isItemWord(node, word)) return true;
    const { item } = node;
    if (isReserved(word) || !item) return false;
    let shared = 0;
    for (const one of tellingOf(child)) if (item.words?.has(one) || item.taken?.has(one)) shared += 1;
    return shared >= (isApiWord(word) ? 2 : 1);
  }

  function learnAt(node: PathNode | null): void {
    if (!node) return;
    learn(node);
    if (node.parent) learn(node.parent);
  }

  function learnBelow(node: PathNode): void {
    learn(node);
    if (node.words) for (const child of node.words.values()) learnBelow(child);
    if (node.item) learnBelow(node.item);
  }

  function walk(tokens: readonly string[]): PathNode {
    let node = root;
    let states: readonly CorrectionNode[] = corrections ? [corrections] : [];
    for (let at = 0; at < tokens.length; at += 1) {
      const token = tokens[at]!;
      const next = childOf(node, token, states);
      if (!next) return rest(node);
      if (states.length > 0) states = follow(states, token);
      node = next;
    }
    return node;
  }

  /** No room: everything below is one. */
  function rest(node: PathNode): PathNode {
    let child = node.words?.get(REST);
    if (!child) {
      (node.words ??= new Map()).set(REST, (child = newNode(REST, node)));
      child.kept = true;
      changed = true;
    }
    return child;
  }

  return {
    root,
    place(tokens) {
      const before = count;
      highest.at = null;
      let node = walk(tokens);
      if (count === before) return node;
      // New parts are evidence for the place they are at, and for the one above, whose children they describe.
      let merged = renamed.length;
      learnAt(highest.at);
      for (let turn = 0; turn < 10 && (renamed.length !== merged || isLoose(node)); turn += 1) {
        merged = renamed.length;
        node = walk(tokens);
        for (let at: PathNode | null = node.parent; at; at = at.parent) learn(at);
      }
      return node;
    },
    nodes: () => count,
    takeRenamed() {
      const all = renamed;
      if (all.length > 0) renamed = [];
      return all;
    },
    noteRenamed(one) {
      renamed.push(one);
    },
    noteChanged() {
      changed = true;
    },
    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
  };

  /** Whether a place was taken into another. */
  function isLoose(node: PathNode): boolean {
    for (let at = node; at.parent; at = at.parent)
      if (at.parent.item !== at && at.parent.words?.get(at.label) !== at) return true;
    return false;
  }
}

const followsCollection = (node: PathNode): boolean => node.parent !== null && isCollection(node.label.slice(1));

/** Names of things by their looks, at a place that varies. */
function isItemWord(node: PathNode, word: string): boolean {
  if (!readsLikeApi(word)) return true;
  if (isApiWord(word)) return false;
  return node.varies === 2 || (/^[a-z]+(?:-[a-z]+)+$/.test(word) && followsCollection(node));
}

/** A word that says of what kind the thing above it is: not a verb that any resource may have. */
const isTelling = (token: string): boolean =>
  token.charCodeAt(0) === 47 && !isVerb(token.slice(1)) && readsLikeApi(token.slice(1));

function* tellingOf({ words, taken }: PathNode): Generator<string> {
  if (words) for (const word of words.keys()) if (isTelling(word)) yield word;
  if (taken) for (const word of taken) if (isTelling(word)) yield word;
}

const placeholder = (token: string): '{id}' | '{date}' | '{email}' | '{slug}' | null => {
  switch (token) {
    case '/{id}':
    case '/{date}':
    case '/{email}':
      return token.slice(1) as '{id}';
    default:
      return /^\/\{[^{}]*\}$/.test(token) ? '{slug}' : null;
  }
};

/** A key is a method, or a method, a space and an operation. */
export function nameFor(key: string, template: string): string {
  const space = key.indexOf(' ');
  return space < 0 ? `${key} ${template}` : `${key.slice(0, space)} ${template}${key.slice(space)}`;
}
