// The SaaSBOM: what may be called complete, when the same content has the same number, and names that are anything.
import { describe, expect, test } from 'vitest';
import { exportMap } from '../../../electron/engine/exports/export-map.ts';
import type { ExportSource } from '../../../electron/engine/exports/export-map.ts';
import type { ExportQuestion } from '../../../electron/engine/exports/export-question.ts';
import type { CoverageSum } from '../../../electron/engine/store/coverage-rows.ts';
import { cycloneDxErrors } from '../../fixtures/cyclonedx-schema.ts';
import { AT, edge, HOUR, NOW, pictureOf, sighting } from '../analytics/picture/rows.ts';

const SINCE = NOW - (NOW % HOUR) - 2 * HOUR;
const ALL_SEEN: CoverageSum = {
  share: 1,
  parts: {
    ...{ seen: 9, around: 0, neverCaptured: 0, neverCapturedApps: 0, passThrough: 0, pinned: 0 },
    ...{ bodiesShed: 0, callsLost: 0, agentDrops: 0 },
  },
};
const hoursFrom = (since: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ start: since + at * HOUR, ...ALL_SEEN }));

function make(change: Partial<ExportSource['reader']> = {}, asked: Partial<ExportQuestion> = {}) {
  const work = exportMap(
    {
      picture: () => pictureOf(),
      reader: {
        edges: () => [
          edge('shop', 'api.stripe.com', 'POST /v1/charges', [1000, 2000]),
          edge(null, 'api.stripe.com', 'GET /v1/charges/{id}', [1000]),
        ],
        sightings: () => [sighting('api.stripe.com', 'shop', SINCE, 1)],
        versions: () => [{ host: 'api.stripe.com', version: '2026-01-01', calls: 3, firstAt: SINCE, lastAt: NOW }],
        spending: () => [],
        *search() {
          yield;
          return { calls: [], more: false };
        },
        body: () => null,
        coverage: () => ALL_SEEN,
        coverageHours: () => hoursFrom(SINCE, 3),
        ...change,
      },
    },
    { since: SINCE, until: NOW, ...AT, format: 'cyclonedx', apps: {}, ...asked },
  );
  for (;;) {
    const step = work.next();
    if (!step.done) continue;
    if ('problem' in step.value) throw new Error(step.value.why);
    return {
      notes: step.value.notes.join(' '),
      bom: JSON.parse(step.value.content) as {
        serialNumber: string;
        services: { version?: string; endpoints: string[]; authenticated?: boolean }[];
        compositions: { aggregate: string }[];
      },
    };
  }
}

const aggregateOf = (...given: Parameters<typeof make>) => make(...given).bom.compositions[0]!.aggregate;

describe('it is called complete', () => {
  test('when every hour was looked at, everything was seen and everything was read', () => {
    const { bom, notes } = make();
    expect(bom.compositions[0]!.aggregate).toBe('complete');
    expect(notes).toContain('complete');
    expect(cycloneDxErrors('1.6', bom)).toEqual([]);
  });

  test.each<[string, Partial<ExportSource['reader']>, Partial<ExportQuestion>?]>([
    ['nobody looked', { coverage: () => null }],
    ['a connection went past', { coverage: () => ({ ...ALL_SEEN, share: 0.999 }) }],
    ['calls were lost', { coverage: () => ({ share: 1, parts: { ...ALL_SEEN.parts, callsLost: 1 } }) }],
    ['an hour was not looked at', { coverageHours: () => hoursFrom(SINCE, 2) }],
    ['a tunnel was not read', { edges: () => [edge('shop', 'api.stripe.com', null, [1000])] }],
    ['it is of one vendor', {}, { vendor: 'stripe' }],
  ])('not when %s', (_why, change, asked = {}) => {
    expect(aggregateOf(change, asked)).toBe('incomplete');
  });
});

test('its number is of its content: not of the span, but of every call', () => {
  const one = make().bom.serialNumber;
  expect(make({}, { since: SINCE - HOUR, until: NOW + HOUR }).bom.serialNumber).not.toBe(undefined);
  expect(make({}, { until: NOW - 1 }).bom.serialNumber).toBe(one);
  expect(make({ edges: () => [edge('shop', 'api.stripe.com', 'POST /v1/charges', [1000])] }).bom.serialNumber).not.toBe(
    one,
  );
  expect(one).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('names that are anything leave it valid', () => {
  const { bom } = make({
    edges: () => [
      edge('a "b" <c>\u0000', 'api.acme-tools.dev', 'GET /a/{id}/ü/%zz/[x]|"<>\ud800', [1]),
      edge('urn:cdx:x', 'api.xn--bcher-kva.dev', 'PROPFIND /{rest} über', [1]),
    ],
  });
  expect(cycloneDxErrors('1.6', bom)).toEqual([]);
  expect(bom.services.flatMap(({ endpoints }) => endpoints)).toHaveLength(2);
});
