import { describe, expect, it } from 'vitest';
import { addFigures, amountOf, NO_FIGURES } from '../../../renderer/views/map/figures.ts';
import { edgeId, litBy } from '../../../renderer/views/map/graph.ts';
import { paintOf } from '../../../renderer/views/map/paint.ts';
import { widthScale } from '../../../renderer/views/map/scales.ts';
import { tableRows } from '../../../renderer/views/map/table-rows.ts';
import { mapOf } from '../../journeys/map-answers.ts';
import { smallWorld } from '../../journeys/map-world.ts';
import { madeMap, shown } from './graphs.ts';

const DAY = 86_400_000_000;
const now = Date.now() * 1000;
const month = (change: object = {}) => mapOf(smallWorld(), { since: now - 30 * DAY, until: now + DAY, ...change });

describe('what is drawn of a map', () => {
  it('leaves the endpoints of closed vendors out and says how many', () => {
    const graph = shown(month(), { isOpen: (vendor) => vendor === 'stripe' });
    expect(graph.nodes.filter(({ kind }) => kind === 'endpoint').map(({ node }) => node?.vendor)).toEqual([
      'stripe',
      'stripe',
      'stripe',
    ]);
    expect(graph.nodes.find(({ id }) => id === 'vendor:openai')?.closed).toBe(2);
    expect(graph.nodes.find(({ id }) => id === 'vendor:stripe')?.closed).toBe(0);
  });

  it('draws a team as one node whose figures and edges are the sums of its apps', () => {
    const map = month();
    const graph = shown(map, { grouping: 'team', folded: new Set(['team:Payments']) });
    const [billing, checkout] = ['app:billing-api', 'app:web-checkout'].map((id) =>
      map.nodes.find((one) => one.id === id),
    );
    const team = graph.nodes.find(({ id }) => id === 'team:Payments');
    expect(team).toMatchObject({ kind: 'app', members: 2 });
    expect(team?.figures.calls).toBe((billing?.calls ?? 0) + (checkout?.calls ?? 0));
    expect(graph.nodes.some(({ id }) => id === 'app:billing-api')).toBe(false);
    const stripe = map.edges.filter(
      ({ from, to }) => to === 'vendor:stripe' && (from === 'app:billing-api' || from === 'app:web-checkout'),
    );
    const edge = graph.edges.find(({ id }) => id === edgeId('team:Payments', 'vendor:stripe'));
    expect(edge?.figures.calls).toBe(stripe.reduce((sum, { calls }) => sum + calls, 0));
    // Percentiles of two apps cannot be told from theirs.
    expect(edge?.figures.p95).toBeNull();
  });

  it('closes the endpoints of vendors drawn as one category, and keeps every call', () => {
    const map = month();
    const graph = shown(map, { grouping: 'category', folded: new Set(['category:ai']) });
    expect(graph.nodes.some(({ node }) => node?.vendor === 'openai')).toBe(false);
    const into = (edges: readonly { to: string; calls: number }[], ids: readonly string[]) =>
      edges.filter(({ to }) => ids.includes(to)).reduce((sum, { calls }) => sum + calls, 0);
    expect(
      into(
        graph.edges.map(({ to, figures }) => ({ to, calls: figures.calls })),
        ['category:ai'],
      ),
    ).toBe(into(map.edges, ['vendor:openai', 'vendor:anthropic']));
  });

  it('marks what came, and keeps what went in sight', () => {
    const map = month({ compareSince: now - 60 * DAY, compareUntil: now - 30 * DAY });
    const before = mapOf(smallWorld(), { since: now - 60 * DAY, until: now - 30 * DAY });
    const graph = shown(map, { around: [{ map: before, presence: 'gone' }] });
    const presence = (id: string) => graph.nodes.find((one) => one.id === id)?.presence;
    expect(presence('vendor:metrics-hub.io')).toBe('added');
    expect(presence('vendor:mailgun')).toBe('gone');
    expect(presence('vendor:stripe')).toBe('here');
    expect(graph.nodes.find(({ id }) => id === 'vendor:mailgun')?.figures).toEqual(NO_FIGURES);
  });

  it('lights the neighbours of a selection and claims no more: which app calls which endpoint is not in the map', () => {
    const lit = litBy(shown(month()), 'app:support-bot');
    expect([...lit.nodes].sort()).toEqual([
      'app:support-bot',
      'vendor:anthropic',
      'vendor:openai',
      'vendor:salesforce',
    ]);
    const edge = litBy(shown(month()), edgeId('app:npm', 'vendor:github'));
    expect([...edge.nodes].sort()).toEqual(['app:npm', 'vendor:github']);
  });
});

describe('sums', () => {
  it('keep an unknown cost unknown and never make it nothing', () => {
    const one = { ...NO_FIGURES, calls: 2, unpricedCalls: 2 };
    expect(addFigures([one, one]).costNanoUsd).toBeNull();
    expect(addFigures([one, { ...NO_FIGURES, calls: 1, costNanoUsd: 5, pricedCalls: 1 }])).toMatchObject({
      costNanoUsd: 5,
      unpricedCalls: 2,
    });
    expect(amountOf('cost', one)).toBeNull();
  });
});

describe('widths and colours', () => {
  it('are wider for more, and say by which scale', () => {
    const graph = shown(month());
    const scale = widthScale(graph.edges, 'calls');
    expect(scale.kind).toBe('sqrt');
    expect(scale.width(100)).toBeLessThan(scale.width(1000) ?? 0);
    expect(scale.width(scale.most)).toBe(16);
    expect(scale.width(null)).toBeNull();
    const edge = (calls: number) => ({
      id: String(calls),
      from: '',
      to: '',
      presence: 'here' as const,
      figures: { ...NO_FIGURES, calls },
    });
    const wide = widthScale([edge(1), edge(10_000_000)], 'calls');
    expect(wide.kind).toBe('log');
    expect(wide.width(1000)).toBeGreaterThan(3);
  });

  it('have a legend of what is drawn and of nothing else', () => {
    const keys = (by: 'status' | 'data', map = month()) => paintOf(shown(map), by).legend.map(({ key }) => key);
    expect(keys('status')).toEqual(['new', 'known', 'approved', 'blocked']);
    expect(keys('status', month({ vendor: 'stripe' }))).toEqual(['approved']);
    expect(keys('data', month({ vendor: 'stripe' }))).toEqual(['payment']);
  });

  it('give a colour of its own to seven countries, and say which share one', () => {
    const { legend } = paintOf(shown(madeMap({ apps: 10, vendors: 60, endpoints: 60 })), 'country');
    expect(new Set(legend.map(({ colour }) => colour)).size).toBe(legend.length);
    expect(legend.map(({ title }) => title)).toContain('other countries');
    expect(legend.map(({ title }) => title)).toContain('not known');
  });
});

describe('the table behind the map', () => {
  const rows = (open: (vendor: string) => boolean, find = '', sort: 'name' | 'calls' | 'cost' = 'calls') =>
    tableRows(month(), { sort, open, find }, edgeId);
  it('has every vendor, and beneath an open one who calls it and what is called', () => {
    const closed = rows(() => false);
    expect(closed.every(({ level }) => level === 1)).toBe(true);
    expect(closed).toHaveLength(11);
    const open = rows((vendor) => vendor === 'vendor:stripe');
    expect(open.filter(({ level }) => level === 2).map(({ kind }) => kind)).toEqual([
      'caller',
      'caller',
      'endpoint',
      'endpoint',
      'endpoint',
    ]);
  });
  it('sorts what is not known behind everything that is', () => {
    const costs = rows(() => false, '', 'cost').map(({ figures }) => figures.costNanoUsd);
    const known = costs.filter((cost) => cost !== null);
    expect(costs.slice(0, known.length)).toEqual(known.toSorted((a, b) => b - a));
  });
  it('finds a vendor by one of its endpoints', () => {
    expect(rows(() => false, 'payment_intents').map(({ node }) => node.name)).toEqual(['Stripe']);
  });
});
