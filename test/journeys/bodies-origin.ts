// An origin that serves one body of every kind, and what a page should show of it.
import { encode } from '@msgpack/msgpack';
import type { Route } from '../clients/origin.ts';

export interface Kind {
  path: string;
  type: string;
  body: Buffer;
  /** What the viewer calls it, and a text that is shown of it. */
  form: string;
  shows: string;
}

export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PROTO = Buffer.from([0x08, 0x96, 0x01, 0x12, 0x07, ...Buffer.from('testing')]);
const text = (value: string): Buffer => Buffer.from(value);

export const KINDS: readonly Kind[] = [
  {
    path: '/k/json',
    type: 'application/json',
    body: text('{"items":[{"id":12345678901234567890}]}'),
    form: 'JSON',
    shows: '12345678901234567890',
  },
  {
    path: '/k/lines',
    type: 'application/x-ndjson',
    body: text('{"n":1}\n{"n":2}\n'),
    form: 'JSON lines',
    shows: '"n": 2',
  },
  { path: '/k/xml', type: 'application/xml', body: text('<a><b>deep</b></a>'), form: 'XML', shows: '<b>deep</b>' },
  {
    path: '/k/html',
    type: 'text/html',
    body: text('<!doctype html><script>document.title="run"</script><p>page</p>'),
    form: 'HTML',
    shows: '<p>page</p>',
  },
  {
    path: '/k/js',
    type: 'text/javascript',
    body: text('export const answer = 42;'),
    form: 'JavaScript',
    shows: 'answer',
  },
  { path: '/k/css', type: 'text/css', body: text('a { color: red }'), form: 'CSS', shows: 'color' },
  { path: '/k/csv', type: 'text/csv', body: text('id,name\n1,"Smith, J"\n'), form: 'CSV', shows: 'Smith, J' },
  { path: '/k/image', type: 'image/png', body: PNG, form: 'Image', shows: '1 × 1' },
  { path: '/k/proto', type: 'application/x-protobuf', body: PROTO, form: 'Protobuf', shows: 'testing' },
  {
    path: '/k/grpc',
    type: 'application/grpc',
    body: Buffer.concat([Buffer.from([0, 0, 0, 0, PROTO.length]), PROTO]),
    form: 'gRPC',
    shows: '# message 1',
  },
  {
    path: '/k/pack',
    type: 'application/msgpack',
    body: Buffer.from(encode({ packed: [1, 2] })),
    form: 'MessagePack',
    shows: '"packed"',
  },
  {
    path: '/k/bytes',
    type: 'application/octet-stream',
    body: Buffer.from([0, 1, 2, 0xfe]),
    form: 'Bytes',
    shows: '00 01 02 fe',
  },
  {
    path: '/k/latin',
    type: 'text/plain; charset=iso-8859-1',
    body: Buffer.from('Grüße', 'latin1'),
    form: 'Text',
    shows: 'Grüße',
  },
];

export const kindsRoute: Route = (asked, answer) => {
  const kind = KINDS.find(({ path }) => path === asked.url);
  if (!kind) return false;
  asked.resume();
  answer.writeHead(200, { 'content-type': kind.type, 'content-length': kind.body.length });
  answer.end(kind.body);
  return true;
};

/** `/big/MB`: so many megabytes of JSON, without a line break. */
export const bigRoute: Route = (asked, answer) => {
  const [, size] = /^\/big\/(\d+)$/.exec(asked.url ?? '') ?? [];
  if (size === undefined) return false;
  const rows: string[] = [];
  for (let length = 0, id = 0; length < Number(size) * 1e6; id++) {
    const row = JSON.stringify({ id, name: `customer ${id}`, note: 'the quick brown fox jumps over the lazy dog' });
    rows.push(row);
    length += row.length + 1;
  }
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end(`[${rows.join(',')},{"last":"the very end"}]`);
  return true;
};

/** `/cut`: promises more than it sends. */
export const cutRoute: Route = (asked, answer) => {
  if (asked.url !== '/cut') return false;
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  answer.write('{"items":[{"id":1,"name":"fir', () => answer.destroy());
  return true;
};

/** Server-sent events: `/events` some, then open until the test lets it end; `/v1/messages` a chat. */
export function streamRoute(): { route: Route; more: (text: string) => void; end: () => void } {
  let more: (text: string) => void = () => {};
  let end: () => void = () => {};
  const chat = [
    { type: 'message_start', message: { model: 'claude-x', usage: { input_tokens: 11, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Oslo is ' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'cold today.' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
  ];
  return {
    more: (text) => more(text),
    end: () => end(),
    route(asked, answer) {
      if (asked.url !== '/events' && asked.url !== '/v1/messages') return false;
      asked.resume();
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked.url === '/events') {
        answer.write('event: tick\ndata: {"n":1}\n\nevent: tick\ndata: {"n":2}\n\n');
        more = (text) => void answer.write(`data: ${text}\n\n`);
        end = () => void answer.end();
      } else {
        answer.end(chat.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
      }
      return true;
    },
  };
}
