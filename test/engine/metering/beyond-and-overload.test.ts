// Rule: calls are metered beyond what is kept of them, and say so when their bytes were let go.
import { describe, expect, it } from 'vitest';
import { createIntake } from '../../../electron/engine/archive/intake.ts';
import { createCallMetering } from '../../../electron/engine/archive/metering.ts';
import { createMeteringParts } from '../../../electron/engine/archive/metering-parts.ts';
import { createNaming } from '../../../electron/engine/archive/naming.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { NO_OWN_PRICES } from '../../../shared/ledger/prices-file.ts';

const BODY = JSON.stringify({
  object: 'chat.completion',
  model: 'gpt-5',
  choices: [],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

async function take(facts: readonly CallEvent[], bodyLimit = 1000): Promise<CallRecord> {
  const naming = createNaming(null, []);
  const parts = createMeteringParts({ ownVendors: [], corrections: [], prices: NO_OWN_PRICES }, naming, () => {});
  const intake = createIntake({
    store: { bodyFor: () => ({ id: 1, fresh: false, digest: '' }) },
    fingerprint: () => 'abcdef12',
    bodyLimit,
    heldLimit: 1e9,
    metering: createCallMetering(() => parts.now),
    naming,
  });
  for (const fact of facts) intake.take(fact);
  for (let wait = intake.settle(); wait !== null; wait = intake.settle()) await wait;
  return intake.batch()!.closed[0]!;
}

function call(...between: CallEvent[]): CallEvent[] {
  return [
    {
      type: 'opened',
      call: 1,
      startedAt: 1.7e15,
      kind: 'http',
      source: 'proxy',
      app: null,
      clientAddress: null,
      method: 'POST',
      scheme: 'https',
      host: 'api.openai.com',
      port: 443,
      target: '/v1/chat/completions',
      protocol: 'http/1.1',
      headers: 'Content-Type: application/json\r\n',
      process: null,
      tags: null,
    },
    { type: 'request-ended', call: 1, at: 1, bytes: 0, trailers: '' },
    {
      type: 'answered',
      call: 1,
      at: 2,
      status: 200,
      reason: 'OK',
      protocol: 'http/1.1',
      headers: 'Content-Type: application/json\r\n',
    },
    ...between,
    { type: 'closed', call: 1, at: 9, failure: null, requestBytes: 0, responseBytes: BODY.length, trailers: '' },
  ];
}

describe('calls that the archive is told of', () => {
  it('are read beyond what is kept, which is neither stored nor counted as captured', async () => {
    const bytes = Buffer.from(BODY);
    const record = await take(
      call(
        { type: 'response-data', call: 1, at: 3, data: bytes.subarray(0, 20) },
        { type: 'response-data', call: 1, at: 4, data: bytes.subarray(20), beyond: true },
      ),
      20,
    );
    expect(record.metering.usage).toMatchObject({ provenance: 'reported', tokens: { input: 10, output: 5 } });
    expect(record.response).toMatchObject({ capturedBytes: 20, wireBytes: BODY.length, truncated: 'limit' });
  });

  it('say that nobody knows when their bytes were let go', async () => {
    const record = await take(
      call(
        { type: 'response-data', call: 1, at: 3, data: Buffer.from(BODY).subarray(0, 20) },
        { type: 'body-shed', call: 1 },
      ),
    );
    expect(record.metering.usage).toMatchObject({ provenance: 'none', tokens: null });
    expect(record.metering.usage?.problem).toContain('recorder');
    expect(record.metering.cost?.nanoUsd).toBeNull();
  });
});
