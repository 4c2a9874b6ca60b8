import { expect, it } from 'vitest';
import { callsOfEdge, callsOfNode, paramsOfCalls } from '../../../renderer/views/map/links.ts';
import type { GraphNode } from '../../../renderer/views/map/graph.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { mapOf } from '../../journeys/map-answers.ts';
import { smallWorld } from '../../journeys/map-world.ts';
import { shown } from './graphs.ts';

const graph = shown(mapOf(smallWorld(), { since: 0, until: Number.MAX_SAFE_INTEGER }));
const node = (id: string): GraphNode => graph.nodes.find((one) => one.id === id) as GraphNode;
const span = { since: 1_000_000, until: 9_000_000 };
const filterOf = (what: ReturnType<typeof callsOfNode>): string => paramsOfCalls(what ?? [], span)['filter'] ?? '';

it('the calls of a node and of an edge are a filter that the language reads', () => {
  const filters = [
    [filterOf(callsOfNode(node('app:billing-api'))), 'app:billing-api'],
    [filterOf(callsOfNode(node('vendor:stripe'))), 'vendor:stripe'],
    [
      filterOf(callsOfNode(node('endpoint:api.stripe.com GET /v1/customers/{id}'))),
      'host:api.stripe.com endpoint:"GET /v1/customers/{id}"',
    ],
    [filterOf(callsOfEdge(node('app:npm'), node('vendor:github'))), 'app:npm vendor:github'],
    [
      filterOf(callsOfEdge(node('vendor:npm'), node('endpoint:packages.vendor.example GET /{package}'))),
      'host:packages.vendor.example endpoint:"GET /{package}"',
    ],
  ];
  for (const [filter = '', wanted] of filters) {
    expect(filter).toBe(wanted);
    expect(parseQuery(filter, { now: 0, zoneOffset: 0 } as never).ok, filter).toBe(true);
  }
});

it('programs that nobody knows, endpoints that nobody told, and those put together lead to their calls, too', () => {
  const like = node('endpoint:api.stripe.com GET /v1/customers/{id}');
  const app = { ...node('app:npm'), id: 'app:' };
  expect(filterOf(callsOfNode(app))).toBe('not app:*');
  expect(filterOf(callsOfNode({ ...like, id: 'endpoint:api.stripe.com' }))).toBe('host:api.stripe.com not endpoint:*');
  const folded = { ...like, id: 'endpoint:stripe …', node: like.node && { ...like.node, host: null } };
  expect(filterOf(callsOfNode(folded))).toBe('vendor:stripe');
  expect(callsOfNode({ ...app, node: null })).toBeNull();
});
