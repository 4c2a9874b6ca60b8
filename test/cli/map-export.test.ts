// `sallyport map export`: a real engine with real calls, live and without it; every file is held against its standard.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parseCsv } from 'hucre/csv';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isEngineLocked } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';
import { dial } from '../harness/raw-client.ts';
import { rawSocket } from '../harness/raw-socket.ts';
import { cycloneDxErrors } from '../fixtures/cyclonedx-schema.ts';

let folder: string;
let dataDir: string;
let engine: ReturnType<typeof start>;
let proxy: URL;
let origin: Server;
const KEY = ['sk', 'test', 'a'.repeat(24)].join('_');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-exports-'));
  dataDir = join(folder, 'data');
  origin = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = answerOf(request.method ?? '', request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await vi.waitUntil(() => origin.listening);
  const { port } = origin.address() as AddressInfo;
  const ready = join(folder, 'ready.json');
  engine = start(
    ['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready, '--connect-to'].concat(
      `:80=127.0.0.1:${port}`,
    ),
  );
  await vi.waitUntil(() => existsSync(ready), 60_000);
  proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
  const bearer = `Authorization: Bearer ${KEY}\r\n`;
  const form = 'Content-Type: application/x-www-form-urlencoded\r\n';
  const json = 'Content-Type: application/json\r\n';
  await call('billing', 'POST', 'http://api.stripe.com/v1/charges', 'amount=1200&currency=eur', bearer + form);
  await call('billing', 'POST', 'http://api.stripe.com/v1/charges', 'amount=900&currency=usd', bearer + form);
  for (const id of [101, 102, 103])
    await call('shop', 'GET', `http://api.stripe.com/v1/charges/${id}?expand=customer`, '', bearer);
  await call('shop', 'GET', 'http://api.stripe.com/v1/charges/404', '', bearer);
  await call('shop', 'POST', 'http://api.github.com/graphql', graphql('query Viewer { viewer { login } }'), json);
  await call('shop', 'POST', 'http://api.github.com/graphql', graphql('query Viewer { viewer { login } }'), json);
  await call('shop', 'POST', 'http://api.github.com/graphql', graphql('mutation Star { addStar { id } }'), json);
  await call('shop', 'POST', 'http://api.openai.com/v1/chat/completions', '{"model":"gpt-4o-mini"}', bearer + json);
  await call('=evil()', 'GET', 'http://api.acme-tools.dev/v1/sites/7', '');
  await call('shop', 'GET', 'http://localhost/health', '');
  await vi.waitUntil(
    async () => (await sallyport(['vendors', 'show', 'acme-tools.dev', '--data', dataDir])).code === 0,
    10_000,
  );
  await sallyport([
    'vendors',
    'approve',
    'stripe',
    '--owner',
    'payments',
    '--data-classes',
    'payment,personal',
    '--data',
    dataDir,
  ]);
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

const graphql = (query: string): string => JSON.stringify({ query });

function answerOf(method: string, url: string): { status: number; body: unknown } {
  if (url.startsWith('/graphql')) return { status: 200, body: { data: { viewer: { login: 'ada' } } } };
  if (url.startsWith('/v1/chat'))
    return {
      status: 200,
      body: {
        id: 'x',
        object: 'chat.completion',
        model: 'gpt-4o-mini',
        choices: [],
        usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
      },
    };
  if (url.startsWith('/v1/charges/404'))
    return { status: 404, body: { error: { code: 'missing', message: 'No such charge' } } };
  if (method === 'POST') return { status: 201, body: { id: 'ch_1', paid: true, amount: 1200 } };
  return { status: 200, body: { id: 'ch_1', paid: false, amount: 900, customer: null } };
}

async function call(app: string, method: string, url: string, body: string, headers = ''): Promise<void> {
  const credentials = Buffer.from(`${app}:`).toString('base64');
  const client = rawSocket(await dial(proxy.hostname, Number(proxy.port)));
  await client.send(
    `${method} ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nProxy-Authorization: Basic ${credentials}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  await client.readHead();
  client.close();
}

/** Lines of a CSV by the titles of its columns. */
function recordsOf(csv: string): Record<string, string>[] {
  const [titles = [], ...rows] = parseCsv(csv).map((row) => row.map((cell) => String(cell ?? '')));
  return rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? ''])));
}

/** What in an XML document is open without an end, or the other way round, or not escaped. */
function unbalanced(xml: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name = '', rest = '', text = ''] of xml.matchAll(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*\s*\/?)>([^<]*)/g,
  )) {
    if (/&(?!#\d+;)/.test(rest + text)) wrong.push(text);
    if (closing === '/') {
      if (open.pop() !== name) wrong.push(`</${name}>`);
    } else if (!rest.endsWith('/')) open.push(name);
  }
  const tags = xml.split('<').length - 1;
  const read = [...xml.matchAll(/<\/?[a-zA-Z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g)].length;
  return [...wrong, ...open, ...(tags === read ? [] : [`${tags - read} stray`])];
}

const exported = (format: string, ...args: string[]) =>
  sallyport(['map', 'export', '--format', format, ...args, '--data', dataDir]);
async function read<T>(format: string, ...args: string[]): Promise<T> {
  const { stdout, stderr, code } = await exported(format, ...args);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

interface Bom {
  serialNumber: string;
  metadata: { component: { name: string } };
  services: {
    'bom-ref': string;
    endpoints: string[];
    authenticated?: boolean;
    data: { flow: string; classification: string }[];
    properties: { name: string; value: string }[];
  }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  compositions: { aggregate: string }[];
}

describe('CycloneDX', () => {
  test.each(['1.6', '1.7'])('%s is what its schema asks for', async (version) => {
    const bom = await read<Bom>('cyclonedx', '--version', version);
    expect(cycloneDxErrors(version, bom)).toEqual([]);
    expect(bom).toMatchObject({ specVersion: version });
  });

  test('says who is called with what, by whom, and that more may be missing', async () => {
    const bom = await read<Bom>('cyclonedx');
    const stripe = bom.services.find((service) => service['bom-ref'].startsWith('service:stripe/'))!;
    expect(stripe).toMatchObject({ group: 'stripe', authenticated: true, 'x-trust-boundary': true });
    expect(stripe.endpoints).toEqual(['http://api.stripe.com/v1/charges/%7Bid%7D', 'http://api.stripe.com/v1/charges']);
    expect(stripe.data.map(({ flow, classification }) => [flow, classification])).toEqual([
      ['inbound', 'payment'],
      ['inbound', 'personal'],
      ['outbound', 'unclassified'],
    ]);
    const says = Object.fromEntries(stripe.properties.map(({ name, value }) => [name, value]));
    expect(says).toMatchObject({
      'sallyport:calls': '6',
      'sallyport:errors': '1',
      'sallyport:status': 'approved',
      'sallyport:owner': 'payments',
      'sallyport:country.importer.basis': 'seat',
    });
    const acme = bom.services.find((service) => service['bom-ref'].startsWith('service:acme-tools.dev/'))!;
    expect(acme.authenticated).toBeUndefined();
    expect(bom.dependencies.find(({ ref }) => ref === 'app:billing')?.dependsOn).toEqual([stripe['bom-ref']]);
    expect(bom.compositions.map(({ aggregate }) => aggregate)).toEqual(['incomplete']);
    expect(JSON.stringify(bom)).not.toContain('localhost');
  });

  test('has the same number for the same content, and is of one app when asked so', async () => {
    const [one, other] = [await read<Bom>('cyclonedx'), await read<Bom>('cyclonedx', '--since', '2d')];
    expect(other.serialNumber).toBe(one.serialNumber);
    const billing = await read<Bom>('cyclonedx', '--app', 'billing');
    expect(billing.serialNumber).not.toBe(one.serialNumber);
    expect(billing.metadata.component.name).toBe('billing');
    expect(billing.services).toHaveLength(1);
  });

  test('is refused in words when there is nothing, or no such version', async () => {
    const none = await exported('cyclonedx', '--vendor', 'twilio');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('“twilio”')]);
    expect((await exported('cyclonedx', '--version', '1.2')).stderr).toContain('1.6 and 1.7');
  });
});

describe('OpenAPI', () => {
  interface Document {
    info: { description: string };
    servers: { url: string }[];
    paths: Record<string, Record<string, Operation>>;
    components: { securitySchemes: Record<string, object> };
  }
  interface Operation {
    parameters?: object[];
    requestBody?: { content: Record<string, { schema: object }> };
    responses: Record<string, { content: Record<string, { schema: { properties: object } }> }>;
    security?: object[];
  }

  test('of one API is valid, and has what calls had', async () => {
    const text = (await exported('openapi', '--vendor', 'stripe')).stdout;
    const document = JSON.parse(text) as Document;
    const checked = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
    expect([checked.valid, checked.errors ?? []]).toEqual([true, []]);
    expect(document.servers).toEqual([{ url: 'http://api.stripe.com' }]);
    expect(Object.keys(document.paths)).toEqual(['/v1/charges', '/v1/charges/{id}']);
    const get = document.paths['/v1/charges/{id}']!['get']!;
    expect(get.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'expand', in: 'query', required: false, schema: { type: 'string' } },
    ]);
    expect(Object.keys(get.responses)).toEqual(['200', '404']);
    expect(get.responses['200']!.content['application/json']!.schema).toMatchObject({
      type: 'object',
      required: ['amount', 'customer', 'id', 'paid'],
      properties: { amount: { type: 'integer' }, customer: { type: 'null' }, paid: { type: 'boolean' } },
    });
    const post = document.paths['/v1/charges']!['post']!;
    expect(post.requestBody!.content['application/x-www-form-urlencoded']!.schema).toMatchObject({
      required: ['amount', 'currency'],
    });
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    expect(get.security).toEqual([{ bearer: [] }]);
    expect(document.info.description).toMatch(/^Inferred by Sallyport from 6 calls between /);
    // Neither a secret nor a word of a body.
    expect(text).not.toMatch(/aaaa|ch_1|No such charge|customer=|eur|\*\*\*/);
  });

  test('asks which API is meant when there are several', async () => {
    const { code, stderr } = await exported('openapi');
    expect(code).toBe(2);
    expect(stderr).toMatch(/stripe\/\S+/);
    expect(stderr).toMatch(/github\/\S+/);
  });
});

test('GraphQL operations are listed with their fields at the root', async () => {
  const { operations } = await read<{ operations: Record<string, unknown>[] }>('graphql');
  expect(operations).toEqual([
    expect.objectContaining({
      vendor: 'github',
      operations: [{ kind: 'mutation', name: 'Star' }],
      rootFields: ['addStar'],
      apps: ['shop'],
      calls: 1,
    }),
    expect.objectContaining({
      operations: [{ kind: 'query', name: 'Viewer' }],
      rootFields: ['viewer'],
      calls: 2,
      firstSeen: expect.stringMatching(/^\d{4}-/),
    }),
  ]);
  expect((await exported('graphql', '--vendor', 'stripe')).stderr).toContain('No GraphQL');
});

describe('the register', () => {
  test('as CSV has a row for each vendor, app and endpoint, and no cell that is a formula', async () => {
    const { stdout } = await exported('csv');
    const rows = recordsOf(stdout);
    const charges = rows.filter(({ Vendor }) => Vendor === 'stripe');
    expect(charges.map((row) => [row['App'], row['Endpoint'], row['Calls'], row['Errors'], row['Owner']])).toEqual([
      ['shop', 'GET /v1/charges/{id}', '4', '1', 'payments'],
      ['billing', 'POST /v1/charges', '2', '0', 'payments'],
    ]);
    expect(charges[0]).toMatchObject({ 'Data declared': 'payment personal', Status: 'approved' });
    const model = rows.find(({ Vendor }) => Vendor === 'openai')!;
    expect(Number(model['Cost (USD)'])).toBeCloseTo(0.00045, 8);
    expect(rows.find(({ Vendor }) => Vendor === 'acme-tools.dev')).toMatchObject({ App: `'=evil()`, 'Cost (USD)': '' });
    expect(stdout).not.toContain('localhost');
  });

  test('as XLSX reads back the same, with numbers as numbers; and is the same file again', async () => {
    const until = ['--until', '2100-01-01'];
    const one = await exported('xlsx', ...until);
    const sheet = (await readXlsx(one.bytes)).sheets[0]!;
    const [titles, ...rows] = sheet.rows;
    const at = (title: string): number => titles!.indexOf(title);
    expect(rows).toHaveLength(recordsOf((await exported('csv')).stdout).length);
    const evil = rows.find((row) => row[at('Vendor')] === 'acme-tools.dev')!;
    expect([evil[at('App')], evil[at('Calls')], evil[at('Cost (USD)')] ?? null]).toEqual(['=evil()', 1, null]);
    expect((await exported('xlsx', ...until)).bytes.equals(one.bytes)).toBe(true);
  });
});

test('costs are in the columns of FOCUS, and what only a bill knows is empty', async () => {
  const { stdout, stderr } = await exported('focus');
  const rows = recordsOf(stdout);
  expect(rows.find((row) => row['x_VendorId'] === 'openai')).toMatchObject({
    BilledCost: '',
    EffectiveCost: '0.00045',
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ServiceCategory: 'AI and Machine Learning',
    ConsumedQuantity: '1500',
    ConsumedUnit: 'Tokens',
    x_App: 'shop',
    x_Model: 'gpt-4o-mini',
  });
  expect(stderr).toContain('no bill');
});

test('the picture is one well-formed file with everybody in it', async () => {
  const { stdout } = await exported('svg');
  expect(unbalanced(stdout)).toEqual([]);
  for (const word of ['Stripe', 'billing', 'POST /v1/charges', '=evil()']) expect(stdout).toContain(word);
  expect(stdout).not.toMatch(/<script|href|url\(/);
});

test('a folder without an engine is exported the same way', async () => {
  const before = await read<Bom>('cyclonedx');
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  const out = join(folder, 'offline.cdx.json');
  const { code, stdout, stderr } = await exported('cyclonedx', '--out', out);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain('incomplete');
  expect((JSON.parse(readFileSync(out, 'utf8')) as Bom).serialNumber).toBe(before.serialNumber);
});
