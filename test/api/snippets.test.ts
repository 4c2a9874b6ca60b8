import { describe, expect, it } from 'vitest';
import { SNIPPET_TARGETS } from '../../electron/api/snippet-forms.ts';
import { writeSnippet } from '../../electron/api/snippets.ts';
import type { Call } from '../../shared/model/call.ts';
import { bodyFacts, makeCall } from '../fixtures/calls.ts';
import { createStubEngine, storedBody } from '../fixtures/stub-engine.ts';

async function snippet(
  target: string,
  change: Partial<Call> = {},
  body: Uint8Array | string | null = '{"amount":12}',
  type = 'application/json',
): Promise<string> {
  const engine = createStubEngine();
  const call = makeCall({
    id: 7,
    requestHeaders: [
      ['Host', 'api.example.com'],
      ['Content-Type', type],
      ['X-A', '1'],
      ['x-a', '2'],
      ['Content-Length', '13'],
    ],
    ...change,
  });
  engine.put(call, body === null ? {} : { request: storedBody(body, { contentType: type }) });
  return (await writeSnippet(engine.reader, call, target))!.code;
}

describe('a call as code', () => {
  it.each(SNIPPET_TARGETS.map(({ target }) => target))(
    'in %s names the address, the headers and the body',
    async (target) => {
      const code = await snippet(target);
      expect(code).toContain(target === 'http' ? '/v1/charges' : 'api.example.com');
      expect(code.toLowerCase()).toContain('x-a');
      expect(code).toContain('amount');
    },
  );

  it('sends what was sent: forms, several values of one header, no headers of the connection', async () => {
    const form = await snippet('python', {}, 'a=1+2&b=%C3%A9', 'application/x-www-form-urlencoded');
    expect(form).toContain('"a": "1 2"');
    const json = await snippet('fetch');
    expect(json).toMatch(/'X-A': '1, 2'/i);
    expect(json).not.toMatch(/content-length|'host'/i);
  });

  it('says what it cannot do: bytes, cut bodies, redacted values, tunnels', async () => {
    expect(await snippet('python', {}, new Uint8Array([0, 1, 2, 255]), 'application/octet-stream')).toMatch(
      /^# The request body is 4 bytes that are not text/,
    );
    expect(
      await snippet('go', { requestBody: { ...bodyFacts(5000), capturedBytes: 13, truncated: 'limit' } }),
    ).toContain('// Only 13 of 5000 bytes of the body were kept.');
    const masked = `***${'abcd'}(${'1f2e3d4c'})`;
    const code = await snippet('node', { requestHeaders: [['Authorization', `Bearer ${masked}`]] });
    expect(code).toContain(masked);
    expect(code).toMatch(/^\/\/ Values in it were redacted/);
    expect(await snippet('ruby', { kind: 'tunnel', path: '', query: '' }, null)).toContain('# This call was a tunnel');
    expect(await snippet('fetch', {}, null)).toContain('// The request had a body that was not kept.');
  });
});
