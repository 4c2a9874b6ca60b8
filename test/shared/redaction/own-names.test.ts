// A user's own names: more that are secrets, and some that are none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../shared/redaction/redactor.ts';
import { rulesWith } from '../../../shared/redaction/rules.ts';

const redactor = (names: string[], plain: string[] = []) =>
  createRedactor({ fingerprint: () => 'abcd1234', rules: rulesWith({ names, plain }) });
const VALUE = 'value-of-ours';
const MASK = '***(abcd1234)';

describe('a name that is a secret', () => {
  const ours = redactor(['Internal-ID']);

  test.each([
    ['a header', (text: string) => ours.headers(`Internal-Id: ${text}\r\n`)],
    ['a query', (text: string) => ours.target(`/a?b=1&internal_id=${text}&c=2`)],
    ['JSON', (text: string) => ours.body(`{"a":{"internalId":"${text}"}}`, 'application/json', false)],
    [
      'JSON in JSON',
      (text: string) => ours.body(`{"a":"{\\"internal.id\\":\\"${text}\\"}"}`, 'application/json', false),
    ],
    ['a form', (text: string) => ours.body(`a=1&internal-id=${text}`, 'application/x-www-form-urlencoded', false)],
    ['XML', (text: string) => ours.body(`<internal_id>${text}</internal_id>`, 'text/xml', false)],
    [
      'a multipart form',
      (text: string) =>
        ours.body(
          `--x\r\nContent-Disposition: form-data; name="internal id"\r\n\r\n${text}\r\n--x--`,
          'multipart/form-data; boundary=x',
          false,
        ),
    ],
  ])('is one in %s, however its words are joined', (_where, make) => {
    expect(make(VALUE)).not.toContain(VALUE);
    expect(make(VALUE)).toBe(make(MASK));
  });

  test('counts as a whole name only, and however short its value is', () => {
    const text = '{"my_internal_id":"12345678901234567890","internal_identity":"x","internal_id":"7"}';
    expect(ours.body(text, 'application/json', false)).toBe(
      `{"my_internal_id":"12345678901234567890","internal_identity":"x","internal_id":"${MASK}"}`,
    );
  });

  test('a doubtful name is sure once it is a user’s', () => {
    const text = '{"token":"short"}';
    expect(redactor([]).body(text, 'application/json', false)).toBe(text);
    expect(redactor(['token']).body(text, 'application/json', false)).toBe(`{"token":"${MASK}"}`);
  });

  test('of any letters is found in headers and queries', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{1,12}[a-z0-9]$/);
    fc.assert(
      fc.property(name, (own) => {
        const one = redactor([own]);
        expect(one.headers(`${own}: ${VALUE}\r\n`)).toBe(`${own}: ${MASK}\r\n`);
        expect(one.target(`/?${own}=${VALUE}`)).toBe(`/?${own}=${MASK}`);
      }),
    );
  });
});

describe('a name that is none', () => {
  const ours = redactor([], ['X-Session-Token', 'api_key']);

  test('is left alone, and others that end in it are not', () => {
    expect(ours.headers('x-session-token: abc\r\nx-other-token: abc\r\n')).toBe(
      `x-session-token: abc\r\nx-other-token: ${MASK}\r\n`,
    );
    expect(ours.target('/?api_key=abc&secret=abc')).toBe(`/?api_key=abc&secret=${MASK}`);
    expect(ours.body('{"apiKey":"abc","my_api_key":"abc"}', 'application/json', false)).toBe(
      `{"apiKey":"abc","my_api_key":"${MASK}"}`,
    );
  });

  test('does not cover a token that is known by its shape', () => {
    const token = `ghp_${'a1'.repeat(18)}`;
    expect(ours.body(`{"api_key":"${token}"}`, 'application/json', false)).not.toContain(token);
  });
});
