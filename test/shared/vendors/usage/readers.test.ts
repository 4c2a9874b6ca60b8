import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../../shared/model/usage.ts';
import { mayBeMetered } from '../../../../shared/vendors/usage/may-be-metered.ts';
import { usageReaderFor } from '../../../../shared/vendors/usage/readers.ts';
import { compatibleFixtures } from '../../../fixtures/usage/compatible.ts';
import { openaiFixtures } from '../../../fixtures/usage/openai.ts';
import { otherFixtures } from '../../../fixtures/usage/others.ts';
import { headOf, type UsageFixture } from '../../../fixtures/usage/usage-fixture.ts';

const fixtures = [...openaiFixtures, ...compatibleFixtures, ...otherFixtures];
const named = fixtures.map((fixture): [string, UsageFixture] => [fixture.name, fixture]);

/** Words, roughly, so that what is expected of guesses can be counted by hand. */
const countTokens = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

function read(
  fixture: UsageFixture,
  { response = [fixture.response], request = [fixture.request], cut = false, missed = false, answered = true } = {},
): Usage | null {
  const head = headOf(fixture, false);
  expect(mayBeMetered(head.method, head.query === '' ? head.path : `${head.path}?${head.query}`)).toBe(true);
  const reading = usageReaderFor(head)!.start(head);
  for (const piece of request) reading.request(piece);
  if (answered) {
    reading.answered(headOf(fixture, true));
    for (const piece of response) reading.response(piece);
    for (const { direction, text } of fixture.messages ?? []) reading.message(direction, text);
  }
  return reading.end({ cut, missed, requestBytes: 0, responseBytes: 0, countTokens });
}

function expected({ usage: { tokens, ...more } }: UsageFixture): object {
  return {
    ...more,
    ...(tokens === undefined ? {} : { tokens: tokens === null ? null : expect.objectContaining(tokens) }),
  };
}

describe.each(named)('%s', (_name, fixture) => {
  it('is read as it is documented', () => {
    const usage = read(fixture);
    expect(usage).toMatchObject({ problem: null, ...expected(fixture) });
    const { tokens } = fixture.usage;
    // What is not in the answer is not made up.
    if (tokens && usage?.tokens)
      for (const [key, value] of Object.entries(usage.tokens))
        if (!(key in tokens)) expect([key, value]).toEqual([key, null]);
    expect(usage?.units).toEqual(fixture.usage.units ?? {});
  });

  it('is the same however its bytes are cut', () => {
    const whole = JSON.stringify(read(fixture));
    const same = (usage: Usage | null): void => {
      if (JSON.stringify(usage) !== whole) expect(usage).toEqual(JSON.parse(whole));
    };
    const { request, response } = fixture;
    same(read(fixture, { request: [...request], response: [...response] }));
    for (let at = 1; at < response.length; at += 1)
      same(read(fixture, { response: [response.slice(0, at), response.slice(at)] }));
    for (let at = 1; at < request.length; at += 1)
      same(read(fixture, { request: [request.slice(0, at), request.slice(at)] }));
  });

  it('is never nothing when it is aborted, and says how well it is known', () => {
    const whole = read(fixture);
    const { response } = fixture;
    for (let part = 0; part < 20; part += 1) {
      const usage = read(fixture, {
        response: [response.slice(0, Math.floor((response.length * part) / 20))],
        cut: true,
      });
      if (fixture.method === 'GET') continue; // results that are fetched again, and sessions
      expect(usage).not.toBeNull();
      if (usage === null) return;
      // Either it was said already, or we do not claim that it was.
      if (usage.provenance === 'reported') expect(usage.tokens).toEqual(whole?.tokens);
      else if (usage.tokens !== null && whole?.tokens?.output !== 0) expect(usage.tokens.output).not.toBe(0);
      expect(usage.problem === null || usage.provenance !== 'reported').toBe(true);
    }
  });

  it('is not known when the recorder missed some of it, and says so', () => {
    const usage = read(fixture, { response: [fixture.response.slice(0, fixture.response.length / 4)], missed: true });
    if (fixture.method === 'GET') return;
    if (usage?.provenance === 'reported') return;
    if (fixture.type === 'audio/mpeg') return; // counted in the request
    expect(['none', 'partial']).toContain(usage?.provenance);
    expect(usage?.problem).toContain('recorder');
  });

  it('costs nothing when it was refused', () => {
    const refused = {
      ...fixture,
      status: 429,
      type: 'application/json',
      response: '{"error":{"message":"slow down"}}',
      messages: [],
    };
    expect(read(refused)).toBeNull();
  });
});

describe('streams that are cut', () => {
  const find = (name: string): UsageFixture => fixtures.find((fixture) => fixture.name === name)!;
  const until = (fixture: UsageFixture, mark: string): Usage | null =>
    read(fixture, { response: [fixture.response.slice(0, fixture.response.indexOf(mark))], cut: true });

  it('of chats are counted: what was asked, and what had come', () => {
    expect(until(find('OpenAI chat, streamed'), ' und Gr')).toMatchObject({
      model: 'gpt-5-2025-08-07',
      cut: true,
      provenance: 'estimated',
      tokens: { input: 6, output: 2 },
    });
  });

  it('of Anthropic know their input from the vendor, and so are partial', () => {
    expect(
      until(find('Anthropic Messages, streamed: totals take the place of totals'), 'event: message_delta'),
    ).toMatchObject({
      cut: true,
      provenance: 'partial',
      tokens: { input: 25_100, cacheWrite1h: 4000, output: 4 },
    });
  });

  it('of Gemini know what the last chunk said', () => {
    expect(until(find('Gemini, streamed as events'), '"STOP"')).toMatchObject({
      cut: true,
      provenance: 'partial',
      tokens: { input: 1050, output: 205 },
    });
  });

  it('are whole when only the end of the connection is missing', () => {
    for (const name of [
      'OpenAI chat, streamed',
      'Anthropic Messages, streamed: totals take the place of totals',
      'OpenAI Responses, streamed and completed',
      'Bedrock ConverseStream',
    ])
      expect(read(find(name), { cut: true })).toMatchObject({ cut: false, provenance: 'reported' });
  });

  it('that end in an error event are cut, though the connection ended well', () => {
    const fixture = find('Anthropic Messages, streamed: totals take the place of totals');
    const response =
      fixture.response.slice(0, fixture.response.indexOf('event: content_block_stop')) +
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    expect(read(fixture, { response: [response] })).toMatchObject({ cut: true, provenance: 'partial' });
  });

  it('before an answer began are known by what was asked only', () => {
    expect(read(find('OpenAI chat, whole'), { answered: false, cut: true })).toMatchObject({
      requestModel: 'gpt-5',
      cut: true,
      provenance: 'estimated',
      tokens: { input: 6, output: null },
    });
  });
});

describe('what does not add up', () => {
  it('is said, and what the vendor said stays', () => {
    const fixture = openaiFixtures[0]!;
    const response = fixture.response.replace('"cached_tokens":1920', '"cached_tokens":3000');
    expect(read(fixture, { response: [response] })).toMatchObject({
      tokens: { cacheRead: 3000, input: 2006 },
      problem: 'It says that 3000 input tokens were of the cache, of 2006 in all.',
    });
    const negative = fixture.response.replace('"completion_tokens":300', '"completion_tokens":-1');
    expect(read(fixture, { response: [negative] })?.problem).toContain('-1');
  });
});

describe('calls that are nobody’s business', () => {
  it('are told by their head, or have no usage', () => {
    for (const path of [
      '/v1/charges',
      '/2010-04-01/Accounts/AC/Messages.json',
      '/drive/items/1/content',
      '/graphql',
      '/v1/models/x:countTokens',
    ])
      expect(mayBeMetered('POST', path)).toBe(false);
    expect(mayBeMetered('DELETE', '/v1/responses')).toBe(false);
    const page = { ...openaiFixtures[0]!, type: 'text/html', response: '<html>no such thing</html>' };
    expect(read(page)).toBeNull();
    const file = {
      ...fixtures.find(({ usage }) => usage.reader === 'openai-batch')!,
      response: '{"messages":[]}\n{"messages":[]}',
    };
    expect(read(file)).toBeNull();
    expect(read(file, { cut: true })).toBeNull();
  });
});
