import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createLookAhead, type PriceAheadOf } from '../../../electron/engine/govern/look-ahead.ts';
import { RequestFacts } from '../../../electron/engine/govern/request-facts.ts';
import { plainOf } from '../../../electron/engine/store/content-coding.ts';
import { NO_NEEDS } from '../../../shared/policies/facts.ts';

function factsOf(headers: string, requestBytes: number | null): RequestFacts {
  return new RequestFacts(
    {
      call: 1,
      at: 0,
      source: 'proxy',
      app: 'billing',
      process: null,
      package: null,
      tags: null,
      method: 'POST',
      scheme: 'https',
      host: 'api.openai.com',
      port: 443,
      target: '/v1/chat/completions',
      headerLines: `content-type: application/json\r\n${headers}`,
      requestBytes,
    },
    {
      hostFacts: () => ({}) as never,
      processName: () => null,
      credential: () => null,
      endpoint: () => null,
    },
  );
}

const BODY = Buffer.from(
  JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
);
const NEEDS = { ...NO_NEEDS, body: true, price: true };

function lookAhead(price: PriceAheadOf) {
  return createLookAhead({ priceAhead: price, plainOf: (bytes, coding) => plainOf(bytes, coding, 1 << 20) });
}

describe('what is found out of a call before it leaves', () => {
  it('stands in its facts at once when its price is known', () => {
    const facts = factsOf('', BODY.length);
    const asked: unknown[] = [];
    const wait = lookAhead((question) => {
      asked.push(question);
      return { ceilingNanoUsd: 5, nanoUsdPerOutputToken: 2, maxOutput: 16_384 };
    })(facts, NEEDS, [BODY.subarray(0, 20), BODY.subarray(20)]);
    expect(wait).toBeNull();
    expect(asked).toMatchObject([{ host: 'api.openai.com', model: 'gpt-4o', maxOutput: null }]);
    expect(facts.model).toBe('gpt-4o');
    expect(facts.estimate).toMatchObject({ ceilingNanoUsd: 5, maxOutput: 16_384, streamed: true });
    expect(facts.estimate?.inputTokens).toBeGreaterThan(0);
  });

  it('is waited for else', async () => {
    const facts = factsOf('', BODY.length);
    const wait = lookAhead(async () => ({ ceilingNanoUsd: 7, nanoUsdPerOutputToken: null, maxOutput: null }))(
      facts,
      NEEDS,
      [BODY],
    );
    expect(facts.estimate).toBeNull();
    await wait;
    expect(facts.estimate).toMatchObject({ ceilingNanoUsd: 7 });
  });

  it('is read through a coding', () => {
    const packed = gzipSync(BODY);
    const facts = factsOf('content-encoding: gzip\r\n', packed.length);
    void lookAhead(() => {
      throw new Error('nobody asked for the price');
    })(facts, { ...NO_NEEDS, body: true }, [packed]);
    expect(facts.model).toBe('gpt-4o');
    expect(facts.estimate).toMatchObject({ ceilingNanoUsd: null, streamed: true });
  });

  it('is what the head says where the body was not read', () => {
    const facts = factsOf('', 5_000_000);
    void lookAhead(() => ({ ceilingNanoUsd: null, nanoUsdPerOutputToken: null, maxOutput: null }))(facts, NEEDS, null);
    expect(facts.model).toBeNull();
    expect(facts.estimate).toMatchObject({ inputTokens: null, ceilingNanoUsd: null });
  });
});
