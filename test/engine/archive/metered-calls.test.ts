import { describe, expect, it, onTestFinished } from 'vitest';
import type { PriceQuestion } from '../../../electron/engine/archive/price-ahead.ts';
import type { CallMetered } from '../../../shared/model/policy.ts';
import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import { createDataDir, factsOf, startRecorder, type Recorder, type RecordParts } from '../../harness/recorder.ts';

const start = async (options: Parameters<typeof startRecorder>[1] = {}) => {
  const recorder: Recorder = await startRecorder(createDataDir(onTestFinished), options);
  onTestFinished(() => recorder.stop());
  const heard: { call: number; metered: CallMetered; limits: LimitReading | null }[] = [];
  recorder.archive.onMetered((call, metered, limits) => heard.push({ call, metered, limits }));
  return {
    ...recorder,
    heard,
    /** As the stage does: announced, then recorded. */
    governed(parts: RecordParts = {}): number {
      const call = recorder.archive.nextCallId();
      recorder.archive.awaitMetering(call);
      for (const fact of factsOf(call, parts)) recorder.archive.emit(fact);
      return call;
    },
  };
};

const CHAT: RecordParts = {
  opened: {
    method: 'POST',
    host: 'api.openai.com',
    target: '/v1/chat/completions',
    headers: 'content-type: application/json\r\n',
  },
  requestBody: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
  responseBody: JSON.stringify({
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
  }),
  answered: {
    headers:
      'content-type: application/json\r\nx-ratelimit-limit-requests: 500\r\nx-ratelimit-remaining-requests: 499\r\n',
  },
};

describe('what a governed call used', () => {
  it('comes back once, with its cost and what the vendor said of limits; of other calls nothing does', async () => {
    const { archive, record, governed, heard } = await start();
    record(CHAT);
    const call = governed(CHAT);
    record(CHAT);
    await archive.flush();
    expect(heard).toEqual([
      {
        call,
        // 2.50 and 10 dollars a million.
        metered: {
          inputTokens: 1000,
          outputTokens: 100,
          units: {},
          nanoUsd: 3_500_000,
          model: 'gpt-4o-2024-08-06',
          cut: false,
        },
        limits: expect.objectContaining({
          signals: [expect.objectContaining({ limit: 500, remaining: 499 })],
        }) as LimitReading,
      },
    ]);
  });

  it('is unknown, not nothing, of a call that nobody meters, and nothing of one that never reached the vendor', async () => {
    const { archive, governed, heard } = await start();
    const local = governed({ opened: { host: '127.0.0.1' } });
    const call = archive.nextCallId();
    archive.awaitMetering(call);
    const [opened] = factsOf(call, CHAT);
    archive.emit(opened!);
    archive.emit({
      type: 'closed',
      call,
      at: 10,
      failure: { kind: 'refused', detail: 'nobody listens' },
      requestBytes: 0,
      responseBytes: 0,
      trailers: '',
    });
    await archive.flush();
    expect(heard.map((one) => [one.call, one.metered.nanoUsd])).toEqual([
      [local, null],
      [call, 0],
    ]);
  });

  it('is answered with unknowns where the recorder let the call go, or does not record it', async () => {
    const { archive, governed, heard } = await start({ queueLimit: 1 });
    const withoutBodies = governed(CHAT);
    const shed = governed(CHAT);
    archive.awaitMetering(0);
    await archive.flush();
    expect(archive.health()).toMatchObject({ shedCalls: 1 });
    expect(heard.map(({ call, metered }) => [call, metered.nanoUsd, metered.inputTokens])).toEqual([
      [shed, null, null],
      [0, null, null],
      [withoutBodies, null, null],
    ]);
  });

  it('is answered of calls that are open when the recorder stops', async () => {
    const { archive, governed, heard } = await start();
    const call = governed({ ...CHAT, open: true });
    await archive.stop();
    const after = 999;
    archive.awaitMetering(after);
    await Promise.resolve();
    expect(heard.map((one) => one.call)).toEqual([call, after]);
  });

  it('comes although another listener breaks', async () => {
    const { archive, governed, heard, lines } = await start();
    archive.onMetered(() => {
      throw new Error('a bug');
    });
    const again: number[] = [];
    archive.onMetered((call) => again.push(call));
    const call = governed(CHAT);
    await archive.flush();
    expect([heard.length, again]).toEqual([1, [call]]);
    expect(lines.join('\n')).toContain('a bug');
  });
});

describe('the price of a call that is about to leave', () => {
  const chat: PriceQuestion = {
    host: 'api.openai.com',
    method: 'POST',
    path: '/v1/chat/completions',
    endpoint: null,
    model: 'gpt-4o',
    app: 'billing',
    credential: null,
    inputTokens: 1000,
    maxOutput: 100,
  };

  it('is the dearest it can become; asked again it is there at once, whatever the request bounds', async () => {
    const { archive } = await start();
    const first = archive.priceAhead(chat);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual({ ceilingNanoUsd: 3_500_000, nanoUsdPerOutputToken: 10_000, maxOutput: 100 });
    expect(archive.priceAhead({ ...chat, inputTokens: 2000, maxOutput: 50 })).toMatchObject({
      ceilingNanoUsd: 5_500_000,
    });
    // It does not say how much: as much as the model writes.
    expect(archive.priceAhead({ ...chat, maxOutput: null })).toMatchObject({
      ceilingNanoUsd: 2_500_000 + 163_840_000,
      maxOutput: 16_384,
    });
    expect(archive.priceAhead({ ...chat, inputTokens: null })).toMatchObject({ ceilingNanoUsd: null });
  });

  it('follows the model’s steps by what is read', async () => {
    const { archive } = await start();
    const gemini = {
      ...chat,
      host: 'generativelanguage.googleapis.com',
      path: '/v1beta/models/gemini-2.5-pro:generateContent',
      model: 'gemini-2.5-pro',
    };
    const few = await archive.priceAhead({ ...gemini, inputTokens: 100_000, maxOutput: 0 });
    const many = await archive.priceAhead({ ...gemini, inputTokens: 300_000, maxOutput: 0 });
    expect(few.ceilingNanoUsd).toBe(100_000 * 1250);
    expect(many.ceilingNanoUsd).toBe(300_000 * 2500);
  });

  it('is not known of models and vendors without a price, and is nothing of what is free', async () => {
    const { archive } = await start();
    expect(await archive.priceAhead({ ...chat, model: 'nobody-knows-it' })).toMatchObject({ ceilingNanoUsd: null });
    expect(await archive.priceAhead({ ...chat, host: 'api.unheard-of.example', model: null })).toMatchObject({
      ceilingNanoUsd: null,
    });
    expect(await archive.priceAhead({ ...chat, host: '10.0.0.1', model: null })).toMatchObject({
      ceilingNanoUsd: null,
    });
  });

  it('is by the user’s prices from the moment they are said, those of one app for that app alone', async () => {
    const { archive } = await start();
    await archive.priceAhead(chat);
    archive.configureMetering({
      prices: {
        version: '1',
        currencies: {},
        models: [],
        contracts: [],
        units: [
          {
            id: 'sms',
            vendor: 'twilio',
            app: 'billing',
            uses: [{ unit: 'text', from: 'call', price: { each: 0.02 } }],
          },
        ],
      },
    });
    const sms = { ...chat, host: 'api.twilio.com', path: '/2010-04-01/Accounts/AC1/Messages.json', model: null };
    expect(await archive.priceAhead(sms)).toMatchObject({ ceilingNanoUsd: 20_000_000, nanoUsdPerOutputToken: null });
    expect((await archive.priceAhead({ ...sms, app: 'shop' })).ceilingNanoUsd).not.toBe(20_000_000);
  });
});
