import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { countryName, paintOf } from '../../../renderer/views/map/paint.ts';
import { drawGraph, escape, framePicture, shorten, textSvg } from '../../../renderer/views/map/picture.ts';
import { orderGraph } from '../../../renderer/views/map/order.ts';
import { placeEdges, placeNodes } from '../../../renderer/views/map/place.ts';
import { moneyText, percentText } from '../../../renderer/views/map/say.ts';
import { shortCount } from '../../../shared/format/quantities.ts';
import { byCountry } from '../../../renderer/views/map/world/by-country.ts';
import { ALPHA_2, SMALL } from '../../../renderer/views/map/world/country-codes.ts';
import { project, unwrap } from '../../../renderer/views/map/world/project.ts';
import { COUNTRIES, HEIGHT, MIDDLES, WIDTH } from '../../../renderer/views/map/world/world-shape.ts';
import { readState, writeList } from '../../../renderer/views/map/map-state.ts';
import { madeMap, shown } from './graphs.ts';

const measure = (text: string, size: number): number => text.length * size * 0.55;
const colour = (token: string): string => (token === '--page' ? '#101318' : '#aabbcc');

function pictureOf(names: (name: string) => string): string {
  const map = madeMap({ apps: 6, vendors: 8, endpoints: 12 });
  const graph = shown({ ...map, nodes: map.nodes.map((one) => ({ ...one, name: names(one.name) })) });
  const placed = placeNodes(graph, orderGraph(graph), { width: 1200, height: 700 });
  const drawing = { ...placed, edges: placeEdges(graph.edges, placed.nodes, () => 3) };
  const paint = paintOf(graph, 'status');
  const body = drawGraph(drawing, paint, {
    bars: false,
    metric: 'calls',
    say: ({ name }) => ({
      name,
      figure: '12 calls',
      bad: false,
      badge: { shape: 'cross', text: 'blocked', token: '--blocked' },
    }),
    amount: () => '12',
    groupTitle: (key) => key,
    colour,
    measure,
  });
  return framePicture(body, {
    title: names('Title'),
    subtitle: '8 vendors',
    foot: 'Sallyport',
    legend: {
      width: 'Width: calls',
      samples: [{ px: 2, text: '12' }],
      colour: 'Colour: status',
      tones: paint.legend,
      notes: ['a note'],
    },
    colour,
    measure,
  });
}

/** As much of XML as matters here: every element is closed, every reference is one that XML knows. */
function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  for (const [, close, name = '', self] of xml.matchAll(/<(\/?)([a-zA-Z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/') open.push(name);
  }
  const left = xml.replace(/<\/?[a-zA-Z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, '');
  return open.length === 0 && !left.includes('<') && !/&(?!amp;|lt;|gt;|quot;|#39;)/.test(xml);
}

describe('a picture', () => {
  it('stands alone: with title, legend and words, without a script, a font or an address', () => {
    const svg = pictureOf((name) => name);
    expect(isWellFormed(svg)).toBe(true);
    for (const said of ['Title', '8 vendors', 'Width: calls', 'Colour: status', 'a note', 'blocked'])
      expect(svg).toContain(said);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|href|url\(|@import|on\w+=/i);
  });

  it('is well formed whatever apps and paths are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (junk) =>
        isWellFormed(pictureOf((name) => `${junk}${name}<&">'\u0000`)),
      ),
      { numRuns: 15 },
    );
    expect(escape('a\u0000b\uD800c')).toBe('a\uFFFDb\uFFFDc');
  });

  it('keeps texts in their room, in any font', () => {
    expect(shorten('/v1/payment_intents', 200, (text) => measure(text, 12))).toBe('/v1/payment_intents');
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 10, max: 300 }), (text, room) => {
        expect(
          measure(
            shorten(text, room, (one) => measure(one, 12)),
            12,
          ),
        ).toBeLessThanOrEqual(room);
      }),
    );
    expect(textSvg({ x: 0, y: 0, said: 'abc', size: 10, fill: '#fff', room: 100, measure })).toContain(
      'textLength="16.5"',
    );
  });
});

describe('figures in few letters', () => {
  it('are short and never nothing for something', () => {
    expect([940, 1000, 9_960, 21_400, 1_240_000].map(shortCount)).toEqual(['940', '1k', '10k', '21k', '1.2M']);
    expect([null, 0, 31_100_000, 812_400_000_000, 1_204_560_000_000, 1_500_000_000].map(moneyText)).toEqual([
      '–',
      '$0.00',
      '$0.0311',
      '$812',
      '$1,205',
      '$1.50',
    ]);
    expect(moneyText(40_000)).toBe('< $0.0001');
    expect([0, 0.0004, 0.021, 0.5].map(percentText)).toEqual(['0 %', '<0.1 %', '2.1 %', '50 %']);
  });
});

describe('the world', () => {
  it('names every country it draws as the atlas does, and places every code once', () => {
    expect(ALPHA_2.size).toBe(173);
    const codes = COUNTRIES.flatMap(({ code }) => code ?? []);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of [...codes, ...Object.keys(SMALL)]) {
      const at = MIDDLES.get(code);
      expect(at && at.x > 0 && at.x < WIDTH && at.y > 0 && at.y < HEIGHT, code).toBe(true);
      expect(countryName(code)).not.toBe(code);
    }
    // A code under the wrong number would stand where another country is.
    const known = COUNTRIES.filter(
      ({ code, name }) => code !== null && countryName(code).slice(0, 4) === name.slice(0, 4),
    );
    expect(known.length).toBeGreaterThan(150);
  });

  it('has north up, west left, and no line across when a land reaches over 180°', () => {
    expect(project([0, 50])[1]).toBeLessThan(project([0, 10])[1]);
    expect(project([-70, 10])[0]).toBeLessThan(project([20, 10])[0]);
    expect(
      unwrap([
        [170, 60],
        [-170, 62],
        [-175, 65],
        [170, 60],
      ]),
    ).toEqual([
      [170, 60],
      [190, 62],
      [185, 65],
      [170, 60],
    ]);
    const russia = COUNTRIES.find(({ code }) => code === 'RU')?.path ?? '';
    const jumps = russia.split('M').flatMap((ring) => {
      const xs = ring
        .split('L')
        .map((point) => Number.parseFloat(point))
        .filter((x) => !Number.isNaN(x));
      return xs.slice(1).filter((x, at) => Math.abs(x - (xs[at] ?? x)) > WIDTH / 3);
    });
    expect(jumps).toEqual([]);
  });

  it('lists what is not known, last, and adds nothing up that is not known', () => {
    const map = madeMap({ apps: 6, vendors: 30, endpoints: 30 });
    const rows = byCountry(map, 'declared', 'cost');
    expect(rows.reduce((sum, { vendors }) => sum + vendors.length, 0)).toBe(30);
    expect(rows.at(-1)?.country).toBeNull();
    for (const { vendors, amount } of rows)
      if (vendors.every(({ costNanoUsd }) => costNanoUsd === null)) expect(amount).toBeNull();
  });
});

describe('the address of a map', () => {
  it('is read as it was written, also with commas in names; nonsense counts as not there', () => {
    const keys = new Set(['team:R&D, Europe', 'team:100%2C', 'team:']);
    expect(readState({ folded: writeList(keys) }).folded).toEqual(keys);
    expect(readState({ look: 'moon', width: 'love', range: 'ever', colour: '', group: '?' })).toMatchObject({
      look: 'graph',
      width: 'calls',
      range: '30d',
      colour: 'status',
      group: 'none',
    });
    expect(readState({ app: '-' }).app).toBe('');
    expect(readState({}).app).toBeNull();
  });
});
