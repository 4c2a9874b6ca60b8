import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { readIpAddress } from '../../bytes/ip-address.ts';
import { isInNetwork, readNetwork, type Network } from '../networks.ts';
import type { CallFacts } from '../facts.ts';
import { compileGlob, compilePath, type TextTest } from './glob.ts';
import { compileSafeRegex } from './safe-regex.ts';

/** A `when:` in CEL (https://cel.dev), compiled and checked once. */
export interface When {
  /** False too where it asks for a key that is not there. Throws for what else goes wrong (a division by 0). */
  test(facts: CallFacts, now: number): boolean;
  /** What stands in the body is asked for. */
  needsBody: boolean;
}

/** What is wrong with an expression; `at` and `end` count letters of it. */
export interface WhenMistake {
  says: string;
  at: number;
  end: number;
}

const NAMES = {
  app: 'Program that makes the call',
  process: 'Name of its executable',
  npmPackage: 'npm package that makes the call (`package` is a word of CEL itself)',
  vendor: 'Whose API it is, as in the catalogue',
  service: 'Which of its APIs',
  category: 'What kind of vendor: ai, payments …',
  status: 'What was decided of the vendor: new, known, approved, deprecated, blocked',
  endpoint: 'As learned: POST /v1/charges/{id}',
  credential: 'Fingerprint of the secret it carries',
  country: 'Two letters: where the connection ends',
  environment: 'As the program says',
  source: 'proxy, agent, gateway, replay or import',
  model: 'As the request names it',
} as const;

class Request {
  scheme = '';
  method = '';
  host = '';
  port = 0n;
  path = '';
  query = '';
  size = -1n;
  headers = new Map<string, string>();
}

/** What `when:` can name, for editors and docs. Unknown texts are empty; `request.size` is -1. */
const WHEN_NAMES: Readonly<Record<string, string>> = {
  ...NAMES,
  'request.method': 'GET, POST …',
  'request.host': 'Lower case',
  'request.path': 'Without the query',
  'request.query': 'After the question mark',
  'request.scheme': 'http, https; tcp and tls for tunnels that are not read',
  'request.port': 'Number',
  'request.size': 'Bytes of the body; -1: not known',
  'request.headers': 'By name: request.headers["x-team"]',
  tags: 'By name: tags.tenant',
  data: 'Classes of data that the vendor gets, a list',
  at: 'When: at.getHours("Europe/Vienna")',
};
const WHEN_FUNCTIONS: Readonly<Record<string, string>> = {
  'hostMatches(text, pattern)': '`*` stands for anything: hostMatches(request.host, "*.openai.com")',
  'pathMatches(text, pattern)': '`*` stands for one segment, `**` for many: pathMatches(request.path, "/v1/*/files")',
  'inCidr(address, network)': 'inCidr(request.host, "10.0.0.0/8"); false where it is no address',
};

/** All of it in one text. */
export const WHEN_WORDS = [...Object.entries(WHEN_NAMES), ...Object.entries(WHEN_FUNCTIONS)]
  .map(([name, says]) => `${name}: ${says}`)
  .join('\n');

let current: CallFacts | null = null;
let moment = 0;

const headers = new Map<string, string>();
headers.get = (name: string) => current?.header(name.toLowerCase()) ?? undefined;
headers.has = (name: string) => (current?.header(name.toLowerCase()) ?? null) !== null;

/** Reads the call that is being asked about: what an expression does not name is not read. */
const request: Request = Object.defineProperties(new Request(), {
  scheme: { get: () => current?.scheme ?? '' },
  method: { get: () => current?.method ?? '' },
  host: { get: () => current?.host ?? '' },
  port: { get: () => BigInt(current?.port ?? 0) },
  path: { get: () => current?.path ?? '' },
  query: { get: () => current?.query ?? '' },
  size: { get: () => BigInt(current?.requestBytes ?? -1) },
  headers: { value: headers },
});
const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});

const CONTEXT: object = Object.defineProperties(
  {},
  {
    ...Object.fromEntries(
      (Object.keys(NAMES) as (keyof typeof NAMES)[]).map((name) => {
        const fact = name === 'npmPackage' ? 'package' : name;
        return [name, { get: () => current?.[fact] ?? '' }];
      }),
    ),
    request: { value: request },
    tags: { get: () => current?.tags ?? NO_TAGS },
    data: { get: () => current?.data ?? [] },
    at: { get: () => new Date(moment / 1000) },
  },
);

/** How big an expression may be: what it can cost is bounded by it. */
const LIMITS = { maxAstNodes: 2000, maxDepth: 60, maxListElements: 500, maxMapEntries: 100, maxCallArguments: 8 };

let environment: Environment | null = null;

function celEnvironment(): Environment {
  if (environment) return environment;
  const made = new Environment({ enableOptionalTypes: true, limits: LIMITS })
    .registerType('Request', {
      ctor: Request,
      fields: {
        scheme: 'string',
        method: 'string',
        host: 'string',
        port: 'int',
        path: 'string',
        query: 'string',
        size: 'int',
        headers: 'map<string, string>',
      },
    })
    .registerVariable('request', 'Request')
    .registerVariable('tags', 'map<string, string>')
    .registerVariable('data', 'list<string>')
    .registerVariable('at', 'google.protobuf.Timestamp')
    .registerFunction('hostMatches(string, string): bool', (text: string, pattern: string) =>
      remembered(HOSTS, pattern.toLowerCase(), compileGlob)(text.toLowerCase()),
    )
    .registerFunction('pathMatches(string, string): bool', (text: string, pattern: string) =>
      remembered(PATHS, pattern, compilePath)(text),
    )
    .registerFunction('inCidr(string, string): bool', (address: string, network: string) => {
      const bytes = readIpAddress(address.replace(/^\[(.*)\]$/, '$1'));
      const range = remembered(NETWORKS, network, readNetwork);
      if (range === null) throw new Error(`${network} is not a network`);
      return bytes !== null && isInNetwork(bytes, range);
    })
    .registerFunction(`string.${REGEX}(string): bool`, (text: string, pattern: string) =>
      remembered(REGEXES, pattern, compileSafeRegex)(text),
    );
  for (const name of Object.keys(NAMES)) made.registerVariable(name, 'string');
  environment = made;
  return made;
}

/** `matches` of the package goes back and forth over a text as often as a pattern makes it: ours stands in its place. */
const REGEX = 'matchesSafely';
const HOSTS = new Map<string, TextTest>();
const PATHS = new Map<string, TextTest>();
const REGEXES = new Map<string, TextTest>();
const NETWORKS = new Map<string, Network | null>();
const REMEMBERED = 2000;

function remembered<T>(known: Map<string, T>, key: string, make: (key: string) => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, made);
  return made;
}

/** Compiles an expression, or says what is wrong with it and where. */
export function compileWhen(expression: string): { when: When } | { mistake: WhenMistake } {
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = celEnvironment().parse(expression);
  } catch (error) {
    return { mistake: mistakeOf(error, expression) };
  }
  const names = new Set<string>();
  const wrong = prepare(parsed.ast, names);
  if (wrong) return { mistake: wrong };
  const checked = parsed.check();
  if (!checked.valid) return { mistake: mistakeOf(checked.error, expression) };
  if (checked.type !== 'bool') {
    return {
      mistake: { says: `says ${checked.type ?? 'something else'}, not true or false`, at: 0, end: expression.length },
    };
  }
  return {
    when: {
      needsBody: names.has('model'),
      test(facts, now) {
        current = facts;
        moment = now;
        try {
          return (parsed(CONTEXT) as unknown) === true;
        } catch (error) {
          if (error instanceof EvaluationError && error.code === 'no_such_key') return false;
          throw error;
        } finally {
          current = null;
        }
      },
    },
  };
}

/** A part of a parsed expression, as far as it is looked into. */
interface Node {
  op: string;
  args: unknown;
  start: number;
  end: number;
}

/** Puts our own functions in, looks for what is named, and tries patterns that stand there as they are. */
function prepare(value: unknown, names: Set<string>): WhenMistake | null {
  if (Array.isArray(value)) {
    for (const one of value) {
      const wrong = prepare(one, names);
      if (wrong) return wrong;
    }
    return null;
  }
  if (!isNode(value)) return null;
  const { op, args } = value;
  if (op === 'id' && typeof args === 'string') names.add(args);
  if (op === 'rcall' && Array.isArray(args) && args[0] === 'matches') {
    args[0] = REGEX;
    const [pattern] = (args[2] ?? []) as unknown[];
    const wrong = literalMistake(pattern, (text) => {
      compileSafeRegex(text);
    });
    if (wrong) return wrong;
  }
  if (op === 'call' && Array.isArray(args) && args[0] === 'inCidr') {
    const wrong = literalMistake((args[1] as unknown[])[1], (text) => {
      if (readNetwork(text) === null) throw new Error(`\`${text}\` is not a network; write 10.0.0.0/8 or fd00::/8`);
    });
    if (wrong) return wrong;
  }
  return Array.isArray(args) ? prepare(args, names) : null;
}

function literalMistake(node: unknown, check: (text: string) => void): WhenMistake | null {
  if (!isNode(node) || node.op !== 'value' || typeof node.args !== 'string') return null;
  try {
    check(node.args);
    return null;
  } catch (error) {
    return { says: error instanceof Error ? error.message : String(error), at: node.start, end: node.end };
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function mistakeOf(error: unknown, expression: string): WhenMistake {
  if (error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError) {
    const { range, summary } = error;
    const at = Math.min(range?.start ?? 0, expression.length);
    return { says: inOurWords(summary), at, end: Math.max(at, Math.min(range?.end ?? at, expression.length)) };
  }
  return { says: error instanceof Error ? error.message : String(error), at: 0, end: expression.length };
}

function inOurWords(summary: string): string {
  const [, name] = /^Unknown variable: (\S+)/.exec(summary) ?? [];
  if (name !== undefined)
    return `\`${name}\` is not known; there is ${Object.keys(NAMES).join(', ')}, request, tags, data and at`;
  const [, key] = /^No such key: (\S+)/.exec(summary) ?? [];
  if (key !== undefined)
    return `there is no \`${key}\`; request has method, host, path, query, scheme, port, size and headers`;
  if (summary === 'Unexpected token: EOF') return 'ends too early';
  return summary;
}
