import { matcherFor } from '../../../shared/query/match.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { SOURCE_CODES } from './codes.ts';
import { compareNumber } from './query-sql.ts';
import type { WordReader } from './word-reader.ts';

/** What a rollup row tells of its calls: words by id (0: none), code of the source, first digit of the status (0: none). */
export interface RollupKey {
  host: number;
  app: number;
  source: number;
  class: number;
}

/**
 * A filter as a test of rollup rows, when it asks nothing else than host, app, source and families of statuses; null when
 * it asks more. So the commonest filters are counted without reading calls.
 */
export function rollupFilter(tree: QueryTree | null, words: WordReader): ((key: RollupKey) => boolean) | null {
  if (tree === null) return () => true;
  switch (tree.op) {
    case 'and':
    case 'or': {
      const parts = tree.parts.map((part) => rollupFilter(part, words));
      if (parts.includes(null)) return null;
      return tree.op === 'and' ? (key) => parts.every((part) => part!(key)) : (key) => parts.some((part) => part!(key));
    }
    case 'not': {
      const part = rollupFilter(tree.part, words);
      return part && ((key) => !part(key));
    }
    case 'number': {
      const { field, comparison, value } = tree;
      if (field !== 'status') return null;
      const families = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((first) =>
        compareNumber(first * 100, comparison, value) === compareNumber(first * 100 + 99, comparison, value)
          ? compareNumber(first * 100, comparison, value)
          : null,
      );
      // A status in the middle of a family, as in `status:404`, is not told apart; `=` never is.
      if (families.includes(null) || (comparison === '=' && value >= 100 && value < 1000)) return null;
      return (key) => key.class > 0 && families[key.class - 1] === true;
    }
    case 'text': {
      const { field, pattern } = tree;
      if (field !== 'host' && field !== 'app' && field !== 'source') return null;
      const matches = matcherFor(pattern, 'exact');
      if (field === 'source') {
        // Which calls an agent saw too, sums do not tell apart.
        if (matches('agent')) return null;
        const codes = new Set(
          Object.entries(SOURCE_CODES)
            .filter(([name]) => matches(name))
            .map(([, code]) => code),
        );
        return (key) => codes.has(key.source);
      }
      const known = new Map<number, boolean>();
      return (key) => {
        const id = key[field];
        if (id === 0) return false;
        let answer = known.get(id);
        if (answer === undefined)
          known.set(id, (answer = matches(field === 'app' ? words.appName(id) : words.text(id))));
        return answer;
      };
    }
    default:
      return null;
  }
}
