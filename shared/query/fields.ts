import { CALL_KINDS, PROTOCOLS, SOURCES } from '../model/call.ts';
import { FAILURE_KINDS } from '../model/failure.ts';
import { THROTTLES } from '../model/limit-signal.ts';
import type { NumberField, TextField } from './tree.ts';

/** What a field's value may be; decides how its text is read. */
export type FieldType =
  | { type: 'text'; field: TextField; match: 'exact' | 'part'; values?: readonly string[] }
  | { type: 'number'; field: NumberField; unit: NumberUnit }
  | { type: 'tls' }
  | { type: 'time'; bound: 'since' | 'until' }
  | { type: 'body' }
  | { type: 'tag' };

/** How a number is written. */
export type NumberUnit = 'none' | 'duration' | 'size' | 'status' | 'money';

export interface FieldEntry {
  name: string;
  says: string;
  example: string;
  value: FieldType;
}

function text(
  field: TextField,
  match: 'exact' | 'part',
  says: string,
  example: string,
  values?: readonly string[],
): FieldEntry {
  return {
    name: field,
    says,
    example,
    value: values ? { type: 'text', field, match, values } : { type: 'text', field, match },
  };
}

function number(field: NumberField, unit: NumberUnit, says: string, example: string): FieldEntry {
  return { name: field, says, example, value: { type: 'number', field, unit } };
}

/** Every field of the language, in the order help and completion show them. `header.NAME` is apart. */
export const FIELDS: readonly FieldEntry[] = [
  text('method', 'exact', 'HTTP method', 'method:POST'),
  number('status', 'status', 'status of the final answer', 'status:>=400'),
  text('host', 'exact', 'host name the call went to', 'host:*.stripe.com'),
  text('path', 'part', 'path without the query', 'path:/v1/*'),
  text('query', 'part', 'query string with its leading ?', 'query:page=2'),
  text('url', 'part', 'the whole address', 'url:https://api.stripe.com/v1'),
  text('app', 'exact', 'program that made the call', 'app:billing'),
  text('process', 'exact', 'name of the program; with a / in it, any part of its command line', 'process:curl'),
  number('pid', 'none', "the program's process id", 'pid:4211'),
  text('user', 'exact', 'whose process it was', 'user:ada'),
  text('package', 'exact', 'npm package that made the call', 'package:stripe'),
  text('callsite', 'part', 'file and line that led to the call', 'callsite:pay.ts:42'),
  text('trace', 'exact', 'W3C trace id', 'trace:4bf92f3577b34da6a3ce929d0e0e4736'),
  {
    name: 'tag',
    says: 'what the program says of the call: a tag, or its value',
    example: 'tag:feature=checkout',
    value: { type: 'tag' },
  },
  text('vendor', 'exact', 'company behind the host', 'vendor:stripe'),
  text('service', 'exact', "which of the company's APIs", 'service:s3'),
  text(
    'endpoint',
    'part',
    'method and path with what varies taken out, and the operation',
    'endpoint:"POST /v1/charges"',
  ),
  text('model', 'exact', 'model that answered', 'model:gpt-5*'),
  number('cost', 'money', 'what the call cost, in dollars', 'cost:>0.01'),
  number('tokens', 'none', 'tokens read and written', 'tokens:>1000'),
  text('credential', 'part', 'secret it was made with, by scheme and fingerprint', 'credential:Bearer'),
  text('throttle', 'exact', 'why it was refused for its number', 'throttle:vendor-*', THROTTLES),
  text('failure', 'exact', 'why the call did not end well', 'failure:timeout*', FAILURE_KINDS),
  number('duration', 'duration', 'from start to end', 'duration:>500ms'),
  number('ttfb', 'duration', 'from start to the first byte of the answer', 'ttfb:>200ms'),
  number('size', 'size', 'request and response body together, on the wire', 'size:>1MB'),
  number('request-size', 'size', 'request body on the wire', 'request-size:>10kB'),
  number('response-size', 'size', 'response body on the wire', 'response-size:0..1kB'),
  { name: 'tls', says: 'TLS version towards the origin', example: 'tls:<1.2', value: { type: 'tls' } },
  text('protocol', 'exact', 'HTTP version towards the origin', 'protocol:h2', PROTOCOLS),
  text('type', 'exact', 'media type of the answer', 'type:application/json'),
  {
    name: 'body',
    says: 'any part of the recorded text of either body, or of one message or event',
    example: 'body:"card declined"',
    value: { type: 'body' },
  },
  { name: 'since', says: 'started at or after', example: 'since:-1h', value: { type: 'time', bound: 'since' } },
  { name: 'until', says: 'started before', example: 'until:2026-11-23T10:00', value: { type: 'time', bound: 'until' } },
  text('source', 'exact', 'how the call was seen', 'source:agent', SOURCES),
  text('kind', 'exact', 'what kind of exchange it was', 'kind:websocket', CALL_KINDS),
  text('state', 'exact', 'whether the call has ended', 'state:open', ['open', 'closed']),
  text('scheme', 'exact', 'scheme of the address', 'scheme:https'),
  number('port', 'none', 'port of the host', 'port:8443'),
  text('client', 'exact', 'address of the program that called', 'client:127.0.0.1'),
  text('remote', 'exact', 'IP address that answered', 'remote:10.*'),
  text('policy', 'exact', 'policy that spoke of the call, or what it said', 'policy:no-cards=deny'),
  text('verdict', 'exact', 'what any policy said of the call', 'verdict:would-*'),
  text('decision', 'exact', 'the strictest that policies said', 'decision:deny'),
  text('pinned', 'exact', 'whether somebody set it aside', 'pinned:yes', ['yes', 'no']),
  text('note', 'part', 'what somebody wrote on it', 'note:"ask Kim"'),
  number('id', 'none', "the call's number", 'id:1042'),
];

const BY_NAME = new Map(FIELDS.map((entry) => [entry.name, entry]));

/** The field of this name, without case; undefined when there is none. */
export function fieldNamed(name: string): FieldEntry | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** Whether a text is a filter that begins with a leading `-` for not, and no option of a command. */
export function startsWithNot(text: string): boolean {
  const name = /^-(?:([A-Za-z][\w-]*)[:.]|["(])/.exec(text);
  if (name === null) return false;
  return name[1] === undefined || name[1].toLowerCase() === 'header' || fieldNamed(name[1]) !== undefined;
}

/** Names people bring from other tools, and what they are called here. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  after: 'since',
  from: 'since',
  start: 'since',
  time: 'since',
  started: 'since',
  before: 'until',
  to: 'until',
  end: 'until',
  bytes: 'size',
  length: 'size',
  'content-length': 'size',
  code: 'status',
  response: 'status',
  verb: 'method',
  domain: 'host',
  hostname: 'host',
  server: 'host',
  authority: 'host',
  error: 'failure',
  fail: 'failure',
  took: 'duration',
  latency: 'duration',
  elapsed: 'duration',
  ms: 'duration',
  'content-type': 'type',
  mime: 'type',
  ip: 'remote',
  address: 'remote',
  program: 'process',
  command: 'process',
  executable: 'process',
  library: 'package',
  module: 'package',
  line: 'callsite',
  file: 'callsite',
  traceid: 'trace',
  'trace-id': 'trace',
  tags: 'tag',
  label: 'tag',
  version: 'protocol',
  http: 'protocol',
  text: 'body',
  contains: 'body',
  uri: 'url',
  rule: 'policy',
  denied: 'verdict',
  pin: 'pinned',
  starred: 'pinned',
  marked: 'pinned',
  comment: 'note',
  company: 'vendor',
  supplier: 'vendor',
  provider: 'vendor',
  api: 'service',
  operation: 'endpoint',
  route: 'endpoint',
  llm: 'model',
  price: 'cost',
  usd: 'cost',
  spend: 'cost',
  key: 'credential',
  secret: 'credential',
  ratelimit: 'throttle',
  'rate-limit': 'throttle',
  throttled: 'throttle',
};
