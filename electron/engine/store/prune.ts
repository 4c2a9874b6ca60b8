import { fieldNamed } from '../../../shared/query/fields.ts';
import { matcherFor } from '../../../shared/query/match.ts';
import { tlsVersionOf } from '../../../shared/query/evaluate.ts';
import type { Comparison, NumberField, QueryTree, TextField } from '../../../shared/query/tree.ts';
import { hasBit, hashNumber } from './bits.ts';
import type { BlockSummary, Ranged } from './blocks.ts';
import { BLOCK, BODY_TERM, RANGED, THROTTLE_TERM, TRACE_TERM, blockOf, mayContain } from './blocks.ts';
import { policiesTest, processLike, processWithPid, siteTest, tagTest, traceBytes } from './caller-terms.ts';
import { KIND_CODES, PROTOCOL_CODES, SOURCE_CODES, THROTTLE_CODES, WORD } from './codes.ts';
import type { WordKind } from './codes.ts';
import type { FoundTerms } from './find-terms.ts';
import { escapeLike, likeOf } from './like.ts';
import type { WordFinder } from './query-sql.ts';
import { codesMatching, compareNumber } from './query-sql.ts';

/**
 * Says of a block of calls whether one of them can match a filter, from the block's summary alone.
 * Never says no wrongly; where it cannot tell it says yes.
 */
export interface Pruner {
  mayMatch(block: BlockSummary): boolean;
  /** Whether it looks at the blocks' terms at all; when not, they need not be read. */
  needsTerms: boolean;
  /** False when it would say yes to every block: then there is no use in asking. */
  useful: boolean;
}

type Test = (block: BlockSummary) => boolean;

/** More words than this and looking for each costs more than it saves. */
const MANY_WORDS = 200;

export function createPruner(tree: QueryTree | null, words: WordFinder, found: FoundTerms = new Map()): Pruner {
  let needsTerms = false;

  /** Null: says yes to all. */
  function testFor(node: QueryTree): Test | null {
    switch (node.op) {
      case 'and': {
        const tests = node.parts.map(testFor).filter((test) => test !== null);
        const joint = statusTest(node.parts);
        if (joint) tests.push(joint);
        return tests.length === 0 ? null : (block) => tests.every((test) => test(block));
      }
      case 'or': {
        const tests = node.parts.map(testFor);
        return tests.includes(null) ? null : (block) => tests.some((test) => test!(block));
      }
      case 'not':
        return notTest(node.part);
      case 'word': {
        const piece = longestPiece(node.text);
        if (piece.length < 3) return null;
        const hosts = words.idsLike(WORD.host, `%${likeOf(node.text)}%`);
        // Across the border of host and path only what lies behind a slash is surely in the path.
        const slash = piece.indexOf('/');
        const inPath = slash < 0 ? piece : piece.slice(slash);
        if (node.text.includes('*') || inPath.length < 3) return null;
        const host = hasAnyWord(WORD.host, hosts);
        needsTerms = true;
        return (block) => mayContain(block.terms, inPath) || (host !== null && host(block));
      }
      case 'text':
        return textTest(node.field, node.pattern);
      case 'tag':
        return wordsTest(WORD.tags, words.idsWhere(WORD.tags, tagTest(node.name, node.pattern)));
      case 'number':
        if (node.field === 'pid')
          return wordsTest(WORD.process, words.processesWhere(processWithPid(node.comparison, node.value)));
        return numberTest(node.field, node.comparison, node.value);
      case 'tls':
        return (
          hasAnyWord(
            WORD.tls,
            words.idsWhere(WORD.tls, (text) => compareNumber(tlsVersionOf(text), node.comparison, node.value)),
          ) ?? never
        );
      case 'time': {
        const { at } = node;
        return node.bound === 'since' ? (block) => block.high[0]! >= at : (block) => block.low[0]! < at;
      }
      case 'header':
      case 'body': {
        const hits = found.get(node);
        if (!hits) return null;
        const blocks = new Set(hits.calls.map(blockOf));
        const ofBodies = hasAny(BODY_TERM, hits.bodies) ?? never;
        return (block) => blocks.has(block.block) || ofBodies(block);
      }
    }
  }

  /** `not` of what is true of all calls of a block: worth it for status, the common one. */
  function notTest(part: QueryTree): Test | null {
    if (part.op === 'not') return testFor(part.part);
    return null;
  }

  function textTest(field: TextField, pattern: string): Test | null {
    const type = fieldNamed(field)?.value;
    const part = type?.type === 'text' && type.match === 'part' && !pattern.includes('*');
    const like = part ? `%${likeOf(pattern)}%` : likeOf(pattern);
    const matches = matcherFor(pattern, part ? 'part' : 'exact');
    const kind = WORD_FIELDS[field];
    if (kind !== undefined) return wordsTest(kind, words.idsLike(kind, like));
    switch (field) {
      case 'app':
        return wordsTest(WORD.app, words.appsWhere(matches));
      case 'process':
      case 'user':
        return wordsTest(WORD.process, words.processesWhere(processLike(field, pattern)));
      case 'policy':
      case 'verdict':
        return wordsTest(WORD.policies, words.idsWhere(WORD.policies, policiesTest(field, matches)));
      case 'package':
      case 'callsite':
        return wordsTest(WORD.site, words.idsWhere(WORD.site, siteTest(field, matches)));
      case 'trace': {
        const bytes = traceBytes(pattern);
        if (bytes === null || bytes.length < 8) return null;
        needsTerms = true;
        const hash = hashNumber(TRACE_TERM, parseInt(bytes.slice(0, 8), 16) | 0);
        return (block) => hasBit(block.terms, hash);
      }
      case 'path':
      case 'query': {
        const pieces = pattern.split('*').filter((piece) => piece.length >= 3);
        if (pieces.length === 0) return null;
        needsTerms = true;
        return (block) => pieces.every((piece) => mayContain(block.terms, piece));
      }
      case 'kind':
        return codeTest('kinds', codesMatching(KIND_CODES, matches));
      case 'source':
        return codeTest('sources', codesMatching(SOURCE_CODES, matches));
      case 'protocol':
        return codeTest('protocols', codesMatching(PROTOCOL_CODES, matches));
      case 'vendor':
      case 'service':
        return wordsTest(
          WORD.host,
          words.hostsWhere((owner) => owner[field] !== null && matches(owner[field])),
        );
      case 'throttle':
        return hasAny(THROTTLE_TERM, codesMatching(THROTTLE_CODES, matches)) ?? never;
      case 'endpoint': {
        const ids = new Set(words.idsWhere(WORD.endpoint, matches));
        for (const aliases of words.aliases().values())
          for (const [endpoint, countsAs] of aliases) if (ids.has(countsAs)) ids.add(endpoint);
        return wordsTest(WORD.endpoint, [...ids]);
      }
      case 'state': {
        if (matches('closed')) return null;
        return inBlocks(words.openCalls());
      }
      case 'pinned':
        return matches('no') ? null : inBlocks(words.markedCalls());
      case 'note':
        return inBlocks(words.markedCalls());
      case 'url':
        return urlTest(pattern);
      default:
        return null;
    }
  }

  /** What lies between the marks of an address is wholly in its scheme, host, port, path or query. */
  function urlTest(pattern: string): Test | null {
    const atoms = pattern.split(/[*:/?[\]]+/).filter((atom) => atom.length >= 3 && !/^\d+$/.test(atom));
    const tests = atoms.flatMap((atom): Test[] => {
      const like = `%${escapeLike(atom)}%`;
      const hosts = words.idsLike(WORD.host, like);
      if (hosts.length > MANY_WORDS || words.idsLike(WORD.scheme, like).length > 0) return [];
      const host = hasAnyWord(WORD.host, hosts);
      needsTerms = true;
      return [(block) => mayContain(block.terms, atom) || (host !== null && host(block))];
    });
    return tests.length === 0 ? null : (block) => tests.every((test) => test(block));
  }

  /** Blocks with one of these words; null when they are too many to look for. */
  function wordsTest(kind: WordKind, ids: readonly number[]): Test | null {
    return ids.length > MANY_WORDS ? null : (hasAnyWord(kind, ids) ?? never);
  }

  function hasAnyWord(kind: WordKind, ids: readonly number[]): Test | null {
    return hasAny(kind, ids);
  }

  function hasAny(kind: number, ids: readonly number[]): Test | null {
    if (ids.length === 0) return null;
    if (ids.length > MANY_WORDS) return () => true;
    needsTerms = true;
    const hashes = ids.map((id) => hashNumber(kind, id));
    return (block) => hashes.some((hash) => hasBit(block.terms, hash));
  }

  const test = tree === null ? null : testFor(tree);
  return {
    mayMatch: test ?? (() => true),
    useful: test !== null,
    get needsTerms() {
      return needsTerms;
    },
  };
}

function inBlocks(calls: readonly number[]): Test {
  const blocks = new Set(calls.map(blockOf));
  return (block) => blocks.has(block.block);
}

const never: Test = () => false;

const WORD_FIELDS: Partial<Record<TextField, WordKind>> = {
  host: WORD.host,
  method: WORD.method,
  scheme: WORD.scheme,
  client: WORD.client,
  remote: WORD.remote,
  type: WORD.type,
  failure: WORD.failure,
  decision: WORD.decision,
  credential: WORD.credential,
  model: WORD.model,
};

const RANGE_OF: Partial<Record<NumberField, Ranged>> = {
  duration: 'duration',
  ttfb: 'ttfb',
  size: 'size',
  'request-size': 'requestBytes',
  'response-size': 'responseBytes',
  port: 'port',
  cost: 'cost',
  tokens: 'tokens',
};

function numberTest(field: NumberField, comparison: Comparison, value: number): Test | null {
  if (field === 'status') return (block) => block.statuses.some((status) => compareNumber(status, comparison, value));
  if (field === 'id') {
    return (block) => inRange(block.block * BLOCK, (block.block + 1) * BLOCK - 1, comparison, value);
  }
  const range = RANGE_OF[field];
  if (range === undefined) return null;
  const index = RANGED.indexOf(range);
  return (block) => block.high[index]! >= 0 && inRange(block.low[index]!, block.high[index]!, comparison, value);
}

function inRange(low: number, high: number, comparison: Comparison, value: number): boolean {
  switch (comparison) {
    case '=':
      return low <= value && value <= high;
    case '<':
      return low < value;
    case '<=':
      return low <= value;
    case '>':
      return high > value;
    case '>=':
      return high >= value;
  }
}

/** `status:5xx` is two comparisons: one status must pass both. */
function statusTest(parts: readonly QueryTree[]): Test | null {
  const bounds = parts.flatMap((part) => (part.op === 'number' && part.field === 'status' ? [part] : []));
  if (bounds.length < 2) return null;
  return (block) =>
    block.statuses.some((status) => bounds.every(({ comparison, value }) => compareNumber(status, comparison, value)));
}

function codeTest(set: 'kinds' | 'sources' | 'protocols', list: readonly number[]): Test {
  const mask = list.reduce((bits, code) => bits | (1 << code), 0);
  return (block) => (block[set] & mask) !== 0;
}

function longestPiece(text: string): string {
  return text.split('*').reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}
