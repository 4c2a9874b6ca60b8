import type { QueryTree } from './tree.ts';

/** All of these; nested `and`s are joined and a single part stands for itself. */
export function allOf(parts: readonly QueryTree[]): QueryTree {
  return join('and', parts);
}

/** Any of these; nested `or`s are joined and a single part stands for itself. */
export function anyOf(parts: readonly QueryTree[]): QueryTree {
  return join('or', parts);
}

/** The same filter in the shape the parser makes: joined, no single-part groups. */
export function normalise(tree: QueryTree): QueryTree {
  switch (tree.op) {
    case 'and':
    case 'or':
      return join(tree.op, tree.parts.map(normalise));
    case 'not':
      return { op: 'not', part: normalise(tree.part) };
    default:
      return tree;
  }
}

function join(op: 'and' | 'or', parts: readonly QueryTree[]): QueryTree {
  const flat = parts.flatMap((part) => (part.op === op ? part.parts : [part]));
  const [only] = flat;
  return only && flat.length === 1 ? only : { op, parts: flat };
}
