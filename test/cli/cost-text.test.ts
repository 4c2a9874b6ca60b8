// `sallyport costs` as text, json and csv: unknown in words, null, and nothing.
import { expect, test } from 'vitest';
import { costCsv, costJson, costTableText } from '../../electron/cli/cost-text.ts';
import type { CostRow } from '../../shared/contract/costs.ts';

const figures = {
  calls: 1,
  costNanoUsd: null,
  pricedCalls: 0,
  unpricedCalls: 1,
  estimatedCalls: 0,
  estimatedNanoUsd: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  tokenCalls: 0,
};
const known: CostRow = {
  ...figures,
  keys: { vendor: 'openai', model: 'gpt-5' },
  calls: 1200,
  costNanoUsd: 1_204_560_000_000,
  pricedCalls: 1200,
  unpricedCalls: 0,
  inputTokens: 12_345,
  outputTokens: 67,
  tokenCalls: 1200,
};
const estimated: CostRow = {
  ...known,
  keys: { vendor: 'openai', model: 'o3' },
  calls: 1,
  costNanoUsd: 3_300_000,
  pricedCalls: 1,
  estimatedCalls: 1,
  estimatedNanoUsd: 3_300_000,
};
const unknown: CostRow = { ...figures, keys: { vendor: '=stripe', model: null } };
const found = {
  rows: [known, estimated, unknown],
  total: {
    ...figures,
    calls: 1202,
    costNanoUsd: 1_204_563_300_000,
    pricedCalls: 1201,
    estimatedCalls: 1,
    tokenCalls: 1201,
    inputTokens: 24_690,
    outputTokens: 134,
  },
  more: false,
};
const by = ['vendor', 'model'];

test('the table has dollars, says unknown in words and marks what was worked out here', () => {
  expect(costTableText(by, found)).toBe(
    [
      'VENDOR   MODEL              COST  CALLS  UNPRICED  TOKENS IN  CACHED  TOKENS OUT',
      'openai   gpt-5         $1,204.56  1,200         –     12,345       0          67',
      'openai   o3             ~$0.0033      1         –     12,345       0          67',
      '=stripe  (not known)     unknown      1         1          –       –           –',
      'total                 ~$1,204.56  1,202         1     24,690       0         134',
      '',
    ].join('\n'),
  );
});

test('json rows carry the dimensions and the figures, an unknown cost as null', () => {
  const answer = JSON.parse(costJson({ since: 0, until: 1_000_000 }, by, found)) as {
    rows: Record<string, unknown>[];
    total: unknown;
  };
  expect(answer).toMatchObject({
    since: '1970-01-01T00:00:00.000Z',
    by,
    more: false,
    total: { costNanoUsd: 1_204_563_300_000 },
  });
  expect(answer.rows[0]).toMatchObject({
    vendor: 'openai',
    model: 'gpt-5',
    calls: 1200,
    costNanoUsd: 1_204_560_000_000,
    pricedCalls: 1200,
    unpricedCalls: 0,
    inputTokens: 12_345,
  });
  expect(answer.rows[2]).toMatchObject({
    vendor: '=stripe',
    model: null,
    costNanoUsd: null,
    pricedCalls: 0,
    unpricedCalls: 1,
  });
});

test('csv has exact dollars, nothing where the cost is not known, and no formulas', () => {
  const [head, first, , third] = costCsv(by, found.rows).split('\n');
  expect(head).toMatch(/^vendor,model,costUsd,calls,costNanoUsd,pricedCalls,unpricedCalls,/);
  expect(first).toMatch(/^openai,gpt-5,1204\.56,1200,1204560000000,1200,0,/);
  expect(third).toMatch(/^'=stripe,,,1,,0,1,/);
});
