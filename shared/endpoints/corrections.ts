import { DEEPEST, tokensOf } from './tokens.ts';

/** What people say of a host's paths. */
export interface Correction {
  host: string;
  /** `/v1/sites/{site}`: what stands in braces varies and is called so. With `keep`, a path that is one of its own. */
  template: string;
  keep: boolean;
}

/** A part of corrected paths. */
export interface CorrectionNode {
  words: Map<string, CorrectionNode>;
  wild: CorrectionNode | null;
  /** Of the wild one: what it is called; null when only a path to be kept goes through it. */
  label: string | null;
  kept: boolean;
}

const newNode = (): CorrectionNode => ({ words: new Map(), wild: null, label: null, kept: false });

/** All corrections by host, as trees. */
export function compileCorrections(corrections: readonly Correction[]): Map<string, CorrectionNode> {
  const roots = new Map<string, CorrectionNode>();
  for (const { host, template, keep } of corrections) {
    const name = host.toLowerCase();
    let at = roots.get(name);
    if (!at) roots.set(name, (at = newNode()));
    for (const token of tokensOf(template.trim(), []).slice(0, DEEPEST)) {
      if (/^\/\{[^{}/]{1,60}\}$/.test(token)) {
        at.wild ??= newNode();
        at = at.wild;
        if (!keep) at.label = token;
      } else {
        let next = at.words.get(token);
        if (!next) at.words.set(token, (next = newNode()));
        at = next;
        if (keep) at.kept = true;
      }
    }
  }
  return roots;
}

/** Where several corrections are, going on by one part. */
export function follow(states: readonly CorrectionNode[], token: string): CorrectionNode[] {
  const next: CorrectionNode[] = [];
  for (const state of states) {
    const word = state.words.get(token);
    if (word) next.push(word);
    if (state.wild) next.push(state.wild);
  }
  return next.slice(0, 16);
}

/** What corrections say of a part: its own name (`keep`), what it is called, or nothing. */
export function decide(states: readonly CorrectionNode[], token: string): 'keep' | { label: string } | null {
  let label: string | null = null;
  for (const state of states) {
    if (state.words.get(token)?.kept) return 'keep';
    label ??= state.wild?.label ?? null;
  }
  return label === null ? null : { label };
}
