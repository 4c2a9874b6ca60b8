// `sallyport costs --waste` and `--forecast` as text, json and csv.
import { expect, test } from 'vitest';
import { forecastCsv, forecastJson, forecastText } from '../../electron/cli/forecast-text.ts';
import { wasteCsv, wasteJson, wasteText } from '../../electron/cli/waste-text.ts';

const found = {
  complete: true,
  looked: 10,
  wastes: [
    {
      kind: 'retries' as const,
      calls: 2,
      nanoUsd: 1_500_000_000,
      says: 'Two were paid twice.',
      examples: [{ id: 7, says: 'Its answer was cut.' }],
      groups: [{ says: 'shop → api.openai.com', calls: 2, nanoUsd: 1_500_000_000, query: 'id:7..8' }],
    },
    {
      kind: 'max-tokens' as const,
      calls: 5,
      nanoUsd: null,
      says: 'Five allow too much.',
      examples: [],
      groups: [{ says: '=cmd', calls: 5, nanoUsd: null, query: `id:${'1'.repeat(200)}` }],
    },
  ],
};

test('each kind in a sentence, with the command that lists its calls', () => {
  expect(wasteText(found)).toBe(
    [
      '     $1.50  Two were paid twice.',
      '            shop → api.openai.com: 2 calls, $1.50',
      "              sallyport calls 'id:7..8'",
      '            #7  Its answer was cut.',
      '',
      '  no money  Five allow too much.',
      '            =cmd: 5 calls',
      '',
    ].join('\n'),
  );
});

test('programs get whole nano-dollars, and null for what is no money', () => {
  const answer = JSON.parse(wasteJson({ since: 0, until: 1 }, found)) as typeof found;
  expect(answer.wastes.map(({ kind, nanoUsd }) => [kind, nanoUsd])).toEqual([
    ['retries', 1_500_000_000],
    ['max-tokens', null],
  ]);
  expect(wasteCsv(found).split('\n').slice(0, 3)).toEqual([
    'kind,where,calls,usd,nanoUsd,filter',
    'retries,shop → api.openai.com,2,1.5,1500000000,id:7..8',
    expect.stringMatching(/^max-tokens,'=cmd,5,,,id:1+$/),
  ]);
});

test('the forecast says how sure it is, or that it is too early', () => {
  const forecast = {
    soFarNanoUsd: 10e9,
    expectedNanoUsd: 30e9,
    lowNanoUsd: 25e9,
    highNanoUsd: 35e9,
    until: Date.UTC(2026, 11, 1) * 1000,
    days: 21,
    series: [{ start: Date.UTC(2026, 10, 30) * 1000, nanoUsd: 20e9 }],
  };
  expect(forecastText(forecast)).toBe(
    '$10.00 so far this month, $30.00 expected by the end of 2026-11-30 (UTC).\nFour times in five it ends between $25.00 and $35.00, going by the last 21 days.\n',
  );
  expect(forecastText(null)).toContain('three whole days');
  expect(JSON.parse(forecastJson(null))).toEqual({ forecast: null });
  expect(JSON.parse(forecastJson(forecast))).toMatchObject({
    forecast: { until: '2026-12-01T00:00:00.000Z', expectedNanoUsd: 30e9 },
  });
  expect(forecastCsv(forecast)).toBe('day,expectedUsd,expectedNanoUsd\n2026-11-30,20,20000000000\n');
});
