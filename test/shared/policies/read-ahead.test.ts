import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { readAhead, type RequestAhead } from '../../../shared/policies/read-ahead.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

function read(
  path: string,
  body: unknown,
  more: { host?: string; type?: string; bytes?: number | null; cut?: number } = {},
): RequestAhead {
  const text = latin1(typeof body === 'string' ? body : JSON.stringify(body));
  return readAhead(
    {
      host: more.host ?? 'api.openai.com',
      method: 'POST',
      path,
      query: '',
      requestLines: `content-type: ${more.type ?? 'application/json'}\r\n`,
    },
    text.slice(0, more.cut ?? text.length),
    more.bytes === undefined ? text.length : more.bytes,
  );
}

const hello = { messages: [{ role: 'user', content: 'hello' }] };

describe('what a request says before it leaves', () => {
  it('is its model, its most output and whether it streams, in the words of each vendor', () => {
    const says = (ahead: RequestAhead) => [ahead.model, ahead.maxOutput, ahead.streamed];
    expect(
      says(read('/v1/chat/completions', { ...hello, model: 'gpt-4o', max_completion_tokens: 50, n: 3, stream: true })),
    ).toEqual(['gpt-4o', 150, true]);
    expect(says(read('/v1/responses', { input: 'hi', max_output_tokens: 9, model: 'gpt-5' }))).toEqual([
      'gpt-5',
      9,
      false,
    ]);
    expect(says(read('/v1/messages', { ...hello, model: 'claude-sonnet-4-5', max_tokens: 1024 }))).toEqual([
      'claude-sonnet-4-5',
      1024,
      false,
    ]);
    expect(
      says(
        read('/v1beta/models/gemini-2.5-pro:streamGenerateContent', {
          contents: [],
          generationConfig: { maxOutputTokens: 7, candidateCount: 2 },
        }),
      ),
    ).toEqual(['gemini-2.5-pro', 14, true]);
    expect(says(read('/openai/deployments/my%20chat/chat/completions', { ...hello, model: 'ignored' }))).toEqual([
      'my chat',
      null,
      false,
    ]);
    expect(
      says(
        read(
          '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.anthropic.claude-sonnet-4-v1%3A0/converse-stream',
          { inferenceConfig: { maxTokens: 5 } },
        ),
      ),
    ).toEqual(['us.anthropic.claude-sonnet-4-v1:0', 5, true]);
    expect(says(read('/v1/embeddings', { model: 'text-embedding-3-small', input: ['a'] }))).toEqual([
      'text-embedding-3-small',
      0,
      false,
    ]);
    expect(says(read('/v1/charges', 'amount=100', { type: 'application/x-www-form-urlencoded' }))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is a form’s model', () => {
    const form = '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--';
    expect(read('/v1/audio/transcriptions', form, { type: 'multipart/form-data; boundary=x' }).model).toBe('whisper-1');
  });

  it('is its operation', () => {
    expect(read('/graphql', { query: 'mutation Pay { pay { id } }' }, { host: 'shop.example.com' }).operation).toBe(
      'mutation Pay',
    );
    expect(read('/', { jsonrpc: '2.0', id: 1, method: 'eth_call' }, { host: 'rpc.example.com' }).operation).toBe(
      'eth_call',
    );
  });

  it('is what was read of it, wherever it is cut; never an error', () => {
    const body = JSON.stringify({ model: 'gpt-4o', max_tokens: 60, stream: true, ...hello, n: 2 });
    fc.assert(
      fc.property(fc.nat({ max: body.length }), (cut) => {
        const ahead = read('/v1/chat/completions', body, { cut, bytes: body.length });
        expect([null, 'gpt-4o']).toContain(ahead.model);
        expect([null, 60, 120]).toContain(ahead.maxOutput);
        expect([null, true]).toContain(ahead.streamed);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        read('/v1/chat/completions', Buffer.from(bytes).toString('latin1'));
      }),
      { numRuns: 60 },
    );
    // How long it is all in all is not known: nor is what it costs.
    expect(read('/v1/chat/completions', body, { cut: 30, bytes: null }).inputTokens).toBeNull();
  });
});

describe('the estimate of what a request is, in tokens', () => {
  const texts = {
    prose: 'The quick brown fox jumps over the lazy dog, and nobody in the village remembers why it did. '.repeat(40),
    code: 'export function sum(a: number, b: number): number {\n  return a + b; // 42\n}\n'.repeat(40),
    numbers: Array.from({ length: 500 }, (_, i) => i * 7919).join(','),
    german: 'Die Donaudampfschifffahrtsgesellschaft gründete überraschend ein Zweigbüro in Österreich. '.repeat(30),
    russian: 'Быстрая коричневая лиса перепрыгивает через ленивую собаку. '.repeat(30),
    chinese: '敏捷的棕色狐狸跳过了懒狗,村里没有人记得为什么。'.repeat(30),
    japanese: '素早い茶色の狐がのろまな犬を飛び越えた。'.repeat(30),
    emoji: '🦊🐶🏡✨'.repeat(60),
  };
  it.each(Object.entries(texts))('is not below what a tokenizer counts: %s', (_, text) => {
    const body = { model: 'gpt-4o', messages: [{ role: 'user', content: text }] };
    const counted = encode(text).length;
    const estimated = read('/v1/chat/completions', body).inputTokens!;
    expect(estimated).toBeGreaterThanOrEqual(counted);
    expect(estimated).toBeLessThan(counted * 3 + 50);
  });

  it('counts pictures as pictures, not as a million letters', () => {
    const picture = `data:image/png;base64,${'iVBORw0KGgo'.repeat(9000)}`;
    const body = {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] }],
    };
    const estimated = read('/v1/chat/completions', body).inputTokens!;
    expect(estimated).toBeGreaterThan(1500);
    expect(estimated).toBeLessThan(6000);
  });

  it('counts what was not read as the densest text', () => {
    const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'word '.repeat(1000) }] };
    const part = read('/v1/chat/completions', body, { cut: 600, bytes: 5100 }).inputTokens!;
    expect(part).toBeGreaterThanOrEqual(read('/v1/chat/completions', body).inputTokens!);
  });
});
