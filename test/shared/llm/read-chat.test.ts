import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSseReader } from '../../../shared/bytes/sse.ts';
import { DIALECTS } from '../../../shared/llm/chat.ts';
import type { StreamEvent } from '../../../shared/llm/chat.ts';
import {
  dialectOf,
  readChatAnswer,
  readChatRequest,
  readChatStream,
  tokensPerSecond,
} from '../../../shared/llm/read-chat.ts';
import { FIXTURES } from './fixtures.ts';

/** The events of a stream as bytes that were cut somewhere. */
function eventsOf(text: string): StreamEvent[] {
  const reader = createSseReader();
  return [...reader.push(text), ...reader.end()].map(({ name, data }) => ({ name, data, at: null }));
}

const asStream = (events: readonly object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n';

describe.each(DIALECTS)('%s', (dialect) => {
  const { request, answer, stream } = FIXTURES[dialect];

  test('what was asked is read: prompt, image, earlier turns, tools', () => {
    const read = readChatRequest(dialect, JSON.stringify(request));
    expect(read?.turns.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['system', ['text']],
      ['user', ['text', 'image']],
      ['assistant', ['tool-call']],
      ['tool', ['tool-result']],
    ]);
    expect(read?.tools).toEqual([{ name: 'weather', description: 'Tells it' }]);
    expect(read?.turns[3]?.parts[0]).toMatchObject({ text: 'cold' });
  });

  test('the answer is read whole', () => {
    const read = readChatAnswer(dialect, JSON.stringify(answer));
    const parts = read?.turns.flatMap((turn) => turn.parts);
    expect(parts).toEqual([
      { type: 'text', text: 'I will look.' },
      { type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
    ]);
    expect(read?.usage).toEqual({ input: 30, output: 12, cached: 10, thinking: null });
    expect(read?.model).toMatch(/-1$/);
    expect(read?.stop).not.toBeNull();
  });

  test('streamed, it is the same answer', () => {
    const read = readChatStream(dialect, eventsOf(asStream(stream))).answer;
    expect(read).toEqual(readChatAnswer(dialect, JSON.stringify(answer)));
  });

  test('a stream cut anywhere gives what came until then', () => {
    const whole = asStream(stream);
    const textOf = (cut: string): string =>
      readChatStream(dialect, eventsOf(cut))
        .answer.turns.flatMap(({ parts }) => parts)
        .map((part) => (part.type === 'text' ? part.text : ''))
        .join('');
    fc.assert(
      fc.property(fc.nat(whole.length), (cut) => {
        expect('I will look.'.startsWith(textOf(whole.slice(0, cut)))).toBe(true);
      }),
    );
  });

  test('what strangers send never breaks a reader', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.jsonValue(), (events, body) => {
        readChatStream(
          dialect,
          events.map((event) => ({ name: null, data: JSON.stringify(event), at: null })),
        );
        readChatRequest(dialect, JSON.stringify(body));
        readChatAnswer(dialect, JSON.stringify(body));
      }),
    );
  });

  test('an error in place of an answer is told', () => {
    expect(readChatAnswer(dialect, '{"error":{"type":"overloaded","message":"try later"}}')?.error).toBe('try later');
  });
});

test('the address says which dialect is spoken', () => {
  expect(dialectOf('POST', '/v1/chat/completions')).toBe('openai-chat');
  expect(dialectOf('POST', '/openai/deployments/x/chat/completions')).toBe('openai-chat');
  expect(dialectOf('POST', '/v1/responses')).toBe('openai-responses');
  expect(dialectOf('POST', '/v1/messages')).toBe('anthropic');
  expect(dialectOf('POST', '/v1beta/models/gemini-x:streamGenerateContent')).toBe('gemini');
  expect(dialectOf('GET', '/v1/messages')).toBeNull();
  expect(dialectOf('POST', '/v1/customers')).toBeNull();
});

test('time to the first token and tokens a second come from the times of events', () => {
  const { stream } = FIXTURES.anthropic;
  const events = stream.map((event, index) => ({ name: null, data: JSON.stringify(event), at: index * 100_000 }));
  const read = readChatStream('anthropic', events);
  expect(read.firstContentAt).toBe(200_000);
  expect(read.lastContentAt).toBe(800_000);
  expect(tokensPerSecond(read)).toBe(20);
});

test('without counts of the vendor there is no rate', () => {
  expect(tokensPerSecond({ answer: null, firstContentAt: 0, lastContentAt: 5_000_000 })).toBeNull();
});
