import { fieldNamed } from '../../../shared/query/fields.ts';
import { matcherFor } from '../../../shared/query/match.ts';
import { tlsVersionOf } from '../../../shared/query/evaluate.ts';
import type { Comparison, NumberField, QueryTree, TextField } from '../../../shared/query/tree.ts';
import type { ProcessCondition } from './caller-terms.ts';
import { policiesTest, processLike, processWithPid, siteTest, tagTest, traceBytes } from './caller-terms.ts';
import {
  AGENT_BIT,
  KIND_CODES,
  KIND_SHIFT,
  NO_PROTOCOL,
  PROTOCOL_CODES,
  PROTOCOL_SHIFT,
  SOURCE_CODES,
  SOURCE_SHIFT,
  THROTTLE_CODES,
  THROTTLE_SHIFT,
  WORD,
} from './codes.ts';
import type { WordKind } from './codes.ts';
import type { Aliases } from './endpoint-aliases.ts';
import type { FoundTerms } from './find-terms.ts';
import { escapeLike, likeOf } from './like.ts';

/**
 * A filter as a condition over `calls c`, with the meaning of shared/query/evaluate.ts.
 *
 * Headers and bodies are not in the table. Where their terms were looked up before (`found`) the
 * condition lists the ids; where not, it lets through at least every call that matches (`exact:
 * false`), and `evaluate` decides on the rest.
 * Every condition yields 0 or 1, never NULL, so that `not` is plain negation.
 */
export interface Condition {
  sql: string;
  /** By name, without the @. */
  parameters: Record<string, string | number>;
  exact: boolean;
}

/** Looks words up: which ids have a text that passes the test. */
export interface WordFinder {
  idsLike(kind: WordKind, like: string): number[];
  idsWhere(kind: WordKind, test: (text: string) => boolean): number[];
  /** Words of apps whose shown names pass the test. */
  appsWhere(test: (name: string) => boolean): number[];
  /** Words of hosts whose owner passes the test. */
  hostsWhere(test: (owner: { vendor: string | null; service: string | null }) => boolean): number[];
  /** What endpoints count as: host → endpoint → endpoint, words. */
  aliases(): Aliases;
  /** Words of processes that meet a condition. */
  processesWhere(condition: ProcessCondition): number[];
  /** Calls whose rows are open. */
  openCalls(): number[];
  /** Calls with a pin or a note. */
  markedCalls(): number[];
}

/** More ids than this are looked for by a subquery rather than listed. */
const LISTED = 500;

export function compileCondition(tree: QueryTree | null, words: WordFinder, found: FoundTerms = new Map()): Condition {
  const parameters: Record<string, string | number> = {};
  let count = 0;
  let exact = true;

  /** `over`: may let through too much; else it may let through too little (under a `not`). */
  function compile(node: QueryTree, over: boolean): string {
    switch (node.op) {
      case 'and':
        return node.parts.length === 0 ? '1' : `(${node.parts.map((part) => compile(part, over)).join(' AND ')})`;
      case 'or':
        return node.parts.length === 0 ? '0' : `(${node.parts.map((part) => compile(part, over)).join(' OR ')})`;
      case 'not':
        return `(NOT ${compile(node.part, !over)})`;
      case 'word':
        return compileWord(node.text);
      case 'text':
        return compileText(node.field, node.pattern);
      case 'number':
        return compileNumber(node.field, node.comparison, node.value);
      case 'tls':
        return among(
          'c.tls',
          words.idsWhere(WORD.tls, (text) => compareNumber(tlsVersionOf(text), node.comparison, node.value)),
          true,
        );
      case 'time':
        return bind(node.bound === 'since' ? 'c.started_at >= ?' : 'c.started_at < ?', node.at);
      case 'tag':
        return among('c.tags', words.idsWhere(WORD.tags, tagTest(node.name, node.pattern)), true);
      case 'header':
      case 'body': {
        const hits = found.get(node);
        if (hits) {
          const parts = [
            among('c.id', hits.calls, false),
            among('c.request_body', hits.bodies, true),
            among('c.response_body', hits.bodies, true),
          ].filter((part) => part !== '0');
          return parts.length === 0 ? '0' : `(${parts.join(' OR ')})`;
        }
        exact = false;
        return over ? '1' : '0';
      }
    }
  }

  /** Named, because parts are not put together in the order they are made. */
  function bind(sql: string, ...values: (string | number)[]): string {
    let next = 0;
    return `(${sql.replace(/\?/g, () => {
      count += 1;
      parameters[`p${count}`] = values[next++] ?? 0;
      return `@p${count}`;
    })})`;
  }

  function among(column: string, ids: readonly number[], nullable: boolean): string {
    if (ids.length === 0) return '0';
    return nullable
      ? `(${column} IS NOT NULL AND ${column} IN (${ids.join(',')}))`
      : `(${column} IN (${ids.join(',')}))`;
  }

  function wordColumn(column: string, kind: WordKind, like: string, nullable: boolean): string {
    const ids = words.idsLike(kind, like);
    if (ids.length <= LISTED) return among(column, ids, nullable);
    const sql = `${column} IN (SELECT id FROM words WHERE kind = ${kind} AND text LIKE ? ESCAPE '\\')`;
    return bind(nullable ? `${column} IS NOT NULL AND ${sql}` : sql, like);
  }

  function processColumn(condition: ProcessCondition): string {
    const ids = words.processesWhere(condition);
    if (ids.length <= LISTED) return among('c.process', ids, true);
    return bind(
      `c.process IS NOT NULL AND c.process IN (SELECT word FROM processes WHERE ${condition.where})`,
      ...condition.values,
    );
  }

  /** What lies beside the row of a call that was metered. */
  function used(condition: string): string {
    return condition === '0' ? '0' : `EXISTS (SELECT 1 FROM usages u WHERE u.call = c.id AND ${condition})`;
  }

  /** By what an endpoint counts as: at a host with aliases some words mean others. */
  function endpointColumn(matches: (text: string) => boolean): string {
    const ids = new Set(words.idsWhere(WORD.endpoint, matches));
    const own = among('c.endpoint', [...ids], true);
    const parts: string[] = [];
    const apart: number[] = [];
    for (const [host, aliases] of words.aliases()) {
      const ofHost = new Set(ids);
      let same = true;
      for (const [endpoint, countsAs] of aliases) {
        if (ids.has(countsAs) === ids.has(endpoint)) continue;
        same = false;
        if (ids.has(countsAs)) ofHost.add(endpoint);
        else ofHost.delete(endpoint);
      }
      if (same) continue;
      apart.push(host);
      const here = among('c.endpoint', [...ofHost], true);
      if (here !== '0') parts.push(`(c.host = ${host} AND ${here})`);
    }
    if (apart.length === 0) return own;
    if (own !== '0') parts.push(`(c.host NOT IN (${apart.join(',')}) AND ${own})`);
    return parts.length === 0 ? '0' : `(${parts.join(' OR ')})`;
  }

  /** The path is a word's id when it was seen before, else the text itself. */
  function pathLike(like: string): string {
    return bind(
      `CASE WHEN typeof(c.path) = 'integer' THEN c.path IN (SELECT id FROM words WHERE kind = ${WORD.path} AND text LIKE ? ESCAPE '\\') ELSE c.path LIKE ? ESCAPE '\\' END`,
      like,
      like,
    );
  }

  /** Any part of host + path. No word of a path lacks its slash, so a text can only lie across at one of its slashes. */
  function compileWord(text: string): string {
    if (text.includes('*')) return bind(`${HOST} || ${PATH} LIKE ? ESCAPE '\\'`, `%${likeOf(text)}%`);
    const like = escapeLike(text);
    const across: string[] = [];
    for (let slash = text.indexOf('/', 1); slash > 0 && across.length < 20; slash = text.indexOf('/', slash + 1)) {
      const hosts = wordColumn('c.host', WORD.host, `%${escapeLike(text.slice(0, slash))}`, false);
      if (hosts !== '0') across.push(`(${hosts} AND ${pathLike(`${escapeLike(text.slice(slash))}%`)})`);
    }
    const parts = [wordColumn('c.host', WORD.host, `%${like}%`, false), pathLike(`%${like}%`), ...across].filter(
      (part) => part !== '0',
    );
    const odd = bind(
      `typeof(c.path) = 'text' AND c.path <> '' AND c.path NOT LIKE '/%' AND ${HOST} || c.path LIKE ? ESCAPE '\\'`,
      `%${like}%`,
    );
    return `(${[...parts, odd].join(' OR ')})`;
  }

  function compileText(field: TextField, pattern: string): string {
    const type = fieldNamed(field)?.value;
    const part = type?.type === 'text' && type.match === 'part' && !pattern.includes('*');
    const like = part ? `%${likeOf(pattern)}%` : likeOf(pattern);
    const matches = matcherFor(pattern, part ? 'part' : 'exact');
    switch (field) {
      case 'host':
        return wordColumn('c.host', WORD.host, like, false);
      case 'method':
        return wordColumn('c.method', WORD.method, like, false);
      case 'scheme':
        return wordColumn('c.scheme', WORD.scheme, like, false);
      case 'app':
        return among('c.app', words.appsWhere(matches), true);
      case 'process':
      case 'user':
        return processColumn(processLike(field, pattern));
      case 'package':
      case 'callsite':
        return among('c.site', words.idsWhere(WORD.site, siteTest(field, matches)), true);
      case 'trace': {
        const bytes = traceBytes(pattern);
        return bytes === null
          ? bind("c.trace IS NOT NULL AND hex(substr(c.trace, 1, 16)) LIKE ? ESCAPE '\\'", like)
          : `(c.trace IS NOT NULL AND substr(c.trace, 1, ${bytes.length / 2}) = x'${bytes}')`;
      }
      case 'client':
        return wordColumn('c.client', WORD.client, like, true);
      case 'remote':
        return wordColumn('c.remote', WORD.remote, like, true);
      case 'type':
        return wordColumn('c.type', WORD.type, like, true);
      case 'failure':
        return wordColumn('c.failure', WORD.failure, like, true);
      case 'policy':
      case 'verdict':
        return among('c.policies', words.idsWhere(WORD.policies, policiesTest(field, matches)), true);
      case 'decision':
        return wordColumn('c.decision', WORD.decision, like, true);
      case 'path':
        return pathLike(like);
      case 'query':
        return bind("c.query LIKE ? ESCAPE '\\'", like);
      case 'url':
        return bind(`${URL} LIKE ? ESCAPE '\\'`, like);
      case 'vendor':
      case 'service':
        return among(
          'c.host',
          words.hostsWhere((owner) => owner[field] !== null && matches(owner[field])),
          false,
        );
      case 'endpoint':
        return endpointColumn(matches);
      case 'credential':
        return wordColumn('c.credential', WORD.credential, like, true);
      case 'model':
        return used(wordColumn('u.model', WORD.model, like, true));
      case 'throttle':
        return codes(`((c.flags >> ${THROTTLE_SHIFT}) & 7)`, codesMatching(THROTTLE_CODES, matches));
      case 'pinned': {
        const pinned = 'c.id IN (SELECT call FROM marks WHERE pinned = 1)';
        const [yes, no] = [matches('yes'), matches('no')];
        return yes && no ? '1' : yes ? `(${pinned})` : no ? `(NOT ${pinned})` : '0';
      }
      case 'note':
        return bind("c.id IN (SELECT call FROM marks WHERE note LIKE ? ESCAPE '\\')", like);
      case 'state':
        return codes('(c.flags & 1)', [...(matches('closed') ? [0] : []), ...(matches('open') ? [1] : [])]);
      case 'kind':
        return codes(`((c.flags >> ${KIND_SHIFT}) & 7)`, codesMatching(KIND_CODES, matches));
      case 'source':
        return matches('agent')
          ? `(${codes(`((c.flags >> ${SOURCE_SHIFT}) & 7)`, codesMatching(SOURCE_CODES, matches))} OR (c.flags & ${AGENT_BIT}) <> 0)`
          : codes(`((c.flags >> ${SOURCE_SHIFT}) & 7)`, codesMatching(SOURCE_CODES, matches));
      case 'protocol':
        return codes(`((c.flags >> ${PROTOCOL_SHIFT}) & 7)`, codesMatching(PROTOCOL_CODES, matches));
    }
  }

  function compileNumber(field: NumberField, comparison: Comparison, value: number): string {
    if (field === 'pid') return processColumn(processWithPid(comparison, value));
    if (field === 'cost') return used(bind(`u.cost IS NOT NULL AND u.cost ${comparison} ?`, value));
    if (field === 'tokens')
      return used(
        bind(
          `(u.input IS NOT NULL OR u.output IS NOT NULL) AND COALESCE(u.input, 0) + COALESCE(u.output, 0) ${comparison} ?`,
          value,
        ),
      );
    const column = NUMBER_COLUMNS[field];
    const sql = `${column} ${comparison} ?`;
    return bind(
      field === 'status' || field === 'duration' || field === 'ttfb' ? `${column} IS NOT NULL AND ${sql}` : sql,
      value,
    );
  }

  const sql = tree === null ? '1' : compile(tree, true);
  return { sql, parameters, exact };
}

const NUMBER_COLUMNS: Readonly<Record<Exclude<NumberField, 'pid' | 'cost' | 'tokens'>, string>> = {
  status: 'c.status',
  duration: 'c.duration',
  ttfb: 'c.ttfb',
  size: '(c.request_bytes + c.response_bytes)',
  'request-size': 'c.request_bytes',
  'response-size': 'c.response_bytes',
  port: 'c.port',
  id: 'c.id',
};

const wordText = (column: string): string => `(SELECT text FROM words WHERE id = ${column})`;
const HOST = wordText('c.host');
const PATH = `(CASE WHEN typeof(c.path) = 'integer' THEN ${wordText('c.path')} ELSE c.path END)`;
const SCHEME = wordText('c.scheme');
/** As `urlOf` of shared/query/evaluate.ts writes it. */
const URL = `${SCHEME} || '://' || (CASE WHEN ${HOST} LIKE '%:%' AND ${HOST} NOT LIKE '[%' THEN '[' || ${HOST} || ']' ELSE ${HOST} END)
  || (CASE WHEN (${SCHEME} IN ('http', 'ws') AND c.port = 80) OR (${SCHEME} IN ('https', 'wss') AND c.port = 443) THEN '' ELSE ':' || c.port END) || ${PATH} || c.query`;

function codes(expression: string, list: readonly number[]): string {
  return list.length === 0 ? '0' : `(${expression} IN (${list.join(',')}))`;
}

/** Codes of the names that match; used by the block summaries too. */
export function codesMatching(table: Readonly<Record<string, number>>, matches: (name: string) => boolean): number[] {
  return Object.entries(table)
    .filter(([name, code]) => code !== NO_PROTOCOL && matches(name))
    .map(([, code]) => code);
}

export function compareNumber(actual: number | null, comparison: Comparison, value: number): boolean {
  if (actual === null) return false;
  switch (comparison) {
    case '=':
      return actual === value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
  }
}
