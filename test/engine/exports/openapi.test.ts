// OpenAPI out of recorded calls: what is one operation, where credentials are put, what is left out.
import { gzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { exportMap } from '../../../electron/engine/exports/export-map.ts';
import type { ExportQuestion } from '../../../electron/engine/exports/export-question.ts';
import type { StoredBody } from '../../../electron/engine/store/store-reader.ts';
import type { EdgeSum } from '../../../electron/engine/store/picture-rows.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { makeCall, summaryOf } from '../../fixtures/calls.ts';
import { AT, DAY, edge, NOW, pictureOf, sighting } from '../analytics/picture/rows.ts';

const HOST = 'api.acme-tools.dev';
const MASK = ['***', '1a2b', '(9f3c2d10)'].join('');

interface Recorded extends Partial<CallSummary> {
  endpoint: string;
  request?: string;
  response?: string;
  type?: string;
  coding?: string;
}

async function describeApi(recorded: Recorded[], edges: EdgeSum[] = []) {
  const bodies = new Map<string, StoredBody>();
  const calls = recorded.map(({ request, response, type = 'application/json', coding, ...more }, at): CallSummary => {
    for (const [side, text] of [
      ['request', request],
      ['response', response],
    ] as const)
      if (text !== undefined)
        bodies.set(`${at + 1} ${side}`, {
          bytes: coding === 'gzip' ? gzipSync(text) : new TextEncoder().encode(text),
          contentType: type,
          contentEncoding: coding ?? null,
          truncated: null,
          redacted: false,
        });
    return {
      ...summaryOf(makeCall({ id: at + 1 })),
      host: HOST,
      scheme: 'https',
      port: 443,
      query: '',
      status: 200,
      credential: null,
      ...more,
    };
  });
  const names = [...new Set(recorded.map(({ endpoint }) => endpoint))];
  const question: ExportQuestion = { since: NOW - DAY, until: NOW, ...AT, format: 'openapi', apps: {} };
  const work = exportMap(
    {
      picture: () => pictureOf(),
      reader: {
        edges: () => [
          ...names.map((name) =>
            edge(
              'shop',
              HOST,
              name,
              recorded.flatMap(({ endpoint }) => (endpoint === name ? [1000] : [])),
            ),
          ),
          ...edges,
        ],
        sightings: () => [sighting(HOST, null, NOW - DAY, 1)],
        versions: () => [],
        spending: () => [],
        *search() {
          yield;
          return { calls, more: false };
        },
        body: (id, side) => bodies.get(`${id} ${side}`) ?? null,
        coverage: () => null,
        coverageHours: () => [],
      },
    },
    question,
  );
  for (;;) {
    const step = work.next();
    if (!step.done) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    if ('problem' in step.value) throw new Error(step.value.why);
    const checked = await new Validator().validate(JSON.parse(step.value.content) as Record<string, unknown>);
    expect(checked.errors ?? []).toEqual([]);
    return { ...step.value, document: JSON.parse(step.value.content) as Document };
  }
}

interface Document {
  info: { description: string };
  paths: Record<
    string,
    Record<
      string,
      {
        description?: string;
        parameters?: { name: string; required: boolean; schema: object }[];
        security?: object[];
        requestBody?: { content: Record<string, object> };
        responses: Record<string, { content?: Record<string, object> }>;
      }
    >
  >;
  components: { securitySchemes: Record<string, object> };
}

describe('paths', () => {
  test('name each placeholder once, and are one when they differ in those names alone', async () => {
    const { document } = await describeApi([
      { endpoint: 'GET /v1/sites/{id}/pages/{id}' },
      { endpoint: 'DELETE /v1/sites/{site}/pages/{slug}', status: 204 },
    ]);
    expect(Object.keys(document.paths)).toEqual(['/v1/sites/{id}/pages/{id2}']);
    const item = document.paths['/v1/sites/{id}/pages/{id2}']!;
    expect(Object.keys(item)).toEqual(['get', 'delete']);
    for (const { parameters } of Object.values(item))
      expect(parameters?.map(({ name }) => name)).toEqual(['id', 'id2']);
  });

  test('with operations behind them name these; what OpenAPI cannot say is said to be left out', async () => {
    const { document, notes } = await describeApi(
      [
        { endpoint: 'POST /graphql query GetUser', request: '{"query":"q","variables":{"id":1}}' },
        { endpoint: 'POST /graphql mutation Star', request: '{"query":"m"}' },
        { endpoint: 'PURGE /cache' },
      ],
      [edge('shop', HOST, null, [1000])],
    );
    expect(document.paths['/graphql']!['post']!.description).toContain('mutation Star, query GetUser');
    expect(document.info.description).toContain('PURGE /cache');
    expect(notes.join(' ')).toContain('2 endpoints');
  });
});

test('credentials are a place and never a value', async () => {
  const endpoint = 'GET /v1/sites';
  const { document, content } = await describeApi([
    { endpoint, credential: `Bearer ${MASK}` },
    { endpoint, credential: `x-api-key ${MASK}` },
    { endpoint, credential: `key ${MASK}`, query: `?key=${MASK}&page=2` },
    { endpoint },
  ]);
  expect(document.components.securitySchemes).toMatchObject({
    bearer: { type: 'http', scheme: 'bearer' },
    'x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key' },
    'query-key': { type: 'apiKey', in: 'query', name: 'key' },
  });
  const { get } = document.paths['/v1/sites']!;
  // The last one: without.
  expect(get!.security).toEqual([{ bearer: [] }, { 'query-key': [] }, { 'x-api-key': [] }, {}]);
  expect(get!.parameters).toEqual([{ name: 'page', in: 'query', required: false, schema: { type: 'integer' } }]);
  expect(content).not.toContain('9f3c');
});

describe('bodies', () => {
  test('are read through their coding, merged by status and type; what cannot be read has a type alone', async () => {
    const endpoint = 'POST /v1/sites';
    const { document } = await describeApi([
      { endpoint, status: 200, response: '{"id":"a","count":1}', coding: 'gzip' },
      { endpoint, status: 200, response: '{"id":"b","count":1.5,"note":null}', coding: 'gzip' },
      { endpoint, status: 200, response: '{"id":', type: 'application/vnd.acme+json' },
      { endpoint, status: 422, response: '<p>no</p>', type: 'text/html; charset=utf-8' },
    ]);
    expect(document.paths['/v1/sites']!['post']!.responses).toMatchObject({
      '200': {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['count', 'id'],
              properties: { id: { type: 'string' }, count: { type: 'number' }, note: { type: 'null' } },
            },
          },
          'application/vnd.acme+json': {},
        },
      },
      '422': { content: { 'text/html': {} } },
    });
  });

  test('are read of the newest calls only, and how many is said', async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({
      endpoint: 'GET /v1/sites',
      response: `{"n${at < 20 ? '' : 'ew'}":1}`,
    }));
    const { document, content } = await describeApi(many);
    expect(document.info.description).toMatch(/^Inferred by Sallyport from 50 calls .* bodies of 20 calls were read/);
    expect(content).not.toContain('"new"');
  });
});
