import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold, meter } from '../../../shared/events/fold.ts';
import { THROTTLES } from '../../../shared/model/limit-signal.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import { PROVENANCES } from '../../../shared/model/money.ts';
import type { Tokens } from '../../../shared/model/usage.ts';
import { NO_TOKENS, TIERS } from '../../../shared/model/usage.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { finish } from './samples.ts';

const START = 1_795_000_000_000_000;
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const count = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 99_999 }));
const name = fc.constantFrom('input', 'output', 'sms_segment', 'K "é"');
const at = fc.nat({ max: 90_000_000 }).map((offset) => START - 1000 + offset);

const tokens: fc.Arbitrary<Tokens> = fc
  .record(Object.fromEntries(Object.keys(NO_TOKENS).map((key) => [key, maybe(count)])))
  .map((said) => ({ ...NO_TOKENS, ...said }));

/** Any; with words that say the same numbers again, which are left out on disk. */
const meterings: fc.Arbitrary<Metering> = maybe(tokens).chain((said) => {
  const known = Object.values(said ?? {}).filter((value) => value !== null);
  const number = known.length === 0 ? count : fc.oneof(count, fc.constantFrom(...known));
  const raw = fc
    .array(fc.oneof(number.map(String), fc.constantFrom('#', '#a', '"n":', '1.5', '{', '007', 'é')), { maxLength: 12 })
    .map((pieces) => pieces.join(''));
  return fc.record({
    endpoint: maybe(fc.constantFrom('POST /v1/chat', 'GET /a#b')),
    credential: maybe(fc.constant('Bearer a1b2')),
    apiVersion: maybe(fc.constantFrom('v1', '2023-06-01')),
    deprecation: maybe(
      fc.record({ deprecatedAt: maybe(at), sunsetAt: maybe(at), link: maybe(fc.constant('https://a.example')) }),
    ),
    usage: maybe(
      fc.record({
        reader: fc.constant('openai-chat'),
        model: maybe(fc.constantFrom('gpt-5')),
        requestModel: maybe(fc.constantFrom('gpt-5', 'gpt-5-latest')),
        tier: maybe(fc.constantFrom(...TIERS)),
        region: maybe(fc.constant('eu')),
        tokens: fc.constant(said),
        units: fc.dictionary(name, count, { noNullPrototype: true }),
        maxOutput: maybe(count),
        streamed: fc.boolean(),
        cut: fc.boolean(),
        provenance: fc.constantFrom(...PROVENANCES),
        vendorNanoUsd: maybe(count),
        raw: maybe(raw),
        problem: maybe(fc.constant('They differ.')),
      }),
    ),
    cost: maybe(
      fc.record({
        nanoUsd: maybe(count),
        provenance: fc.constantFrom(...PROVENANCES),
        price: maybe(fc.constant('openai/gpt-5')),
        priceVersion: maybe(fc.constant('prices.yaml')),
        lines: fc.array(
          fc
            .record({
              what: name,
              quantity: number,
              priceNanoUsd: fc.constantFrom(1_250_000_000, 7, 0),
              per: fc.constantFrom('million' as const, 'one' as const),
              nanoUsd: count,
              exact: fc.boolean(),
              pricedAs: fc.constantFrom(undefined, 'output'),
            })
            .map(({ exact, pricedAs, ...line }) => ({
              ...line,
              ...(exact && line.per === 'one' && { nanoUsd: line.quantity * line.priceNanoUsd }),
              ...(pricedAs !== undefined && { pricedAs }),
            })),
          { maxLength: 4 },
        ),
        vendorNanoUsd: maybe(count),
        why: maybe(fc.constant('No price is known.')),
      }),
    ),
    limits: maybe(
      fc.record({
        signals: fc.array(
          fc.record({
            resource: fc.constantFrom('requests', 'core'),
            unit: fc.constantFrom('requests' as const, 'points' as const),
            limit: maybe(count),
            remaining: maybe(count),
            resetAt: maybe(at),
            window: maybe(count),
            source: fc.constant('x-ratelimit'),
          }),
          { maxLength: 3 },
        ),
        throttle: maybe(fc.constantFrom(...THROTTLES)),
        retryAt: maybe(at),
      }),
    ),
  });
});

it('what was read out of a call comes back from the store as it was, and as lists and prices need it', () => {
  fc.assert(
    fc.property(fc.array(meterings, { minLength: 1, maxLength: 8 }), (list) => {
      const dataDir = createDataDir((work) => onTestFinished(work));
      const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => START / 1000 });
      const closed = list.map((metering, index) => {
        const record = factsOf(index + 1, { opened: { startedAt: START + index } }).reduce<CallRecord | null>(
          fold,
          null,
        )!;
        meter(record, metering);
        return record;
      });
      store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], callHigh: 10 }, true);
      store.settle();
      const reader = createStoreReader(dataDir);
      const { calls } = finish(reader.metered({ since: START, until: START + 1000, limit: 100, all: true }));
      list.forEach((metering, index) => {
        expect(reader.call(index + 1)).toMatchObject(metering);
        const { usage, cost } = metering;
        expect(calls[index]).toMatchObject({
          endpoint: metering.endpoint,
          usage,
          costNanoUsd: cost?.nanoUsd ?? null,
          provenance: cost?.provenance ?? 'none',
          price: cost?.price ?? null,
        });
      });
      reader.close();
      store.close();
    }),
    { numRuns: 25 },
  );
});
