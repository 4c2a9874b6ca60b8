import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCurl, readCurl } from '../../../shared/interchange/read-curl.ts';
import { shellWords } from '../../../shared/interchange/shell-words.ts';

/** cURL commands as people paste them: from browsers' “copy as cURL”, from documents, from terminals. */

function read(text: string) {
  const found = readCurl(text);
  if (!('draft' in found)) throw new Error(found.says);
  return found;
}

test('as Chrome copies it for bash', () => {
  const { draft, says } = read(`curl 'https://api.shop.com/v1/orders?x=%7E1' \\
  -X 'PATCH' \\
  -H 'accept: */*' \\
  -H 'content-type: application/json' \\
  -b 'sid=1; theme=dark' \\
  --data-raw $'{"note":"it\\'s \\u00fc {{x}}"}' \\
  --compressed`);
  expect(says).toEqual([]);
  expect(draft).toMatchObject({
    method: 'PATCH',
    url: 'https://api.shop.com/v1/orders?x=%7E1',
    headers: [
      { name: 'accept', value: '*/*' },
      { name: 'content-type', value: 'application/json' },
      { name: 'Cookie', value: 'sid=1; theme=dark' },
      { name: 'Accept-Encoding' },
    ],
    body: { kind: 'text', text: '{"note":"it\'s ü \\{{x}}"}' },
  });
});

test('as Chrome copies it for cmd', () => {
  const { draft } = read(
    'curl ^"https://api.shop.com/x?a=1^&b=2^" ^\r\n  -H ^"accept: */*^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"',
  );
  expect(draft).toMatchObject({ method: 'POST', url: 'https://api.shop.com/x?a=1&b=2', body: { text: '{"a":1}' } });
});

describe('as documents write it', () => {
  test.each<[string, object]>([
    ['curl example.com', { method: 'GET', url: 'http://example.com', body: { kind: 'none' } }],
    ['$ curl -I https://example.com/', { method: 'HEAD' }],
    ['curl -XDELETE https://example.com/1', { method: 'DELETE' }],
    [
      'curl https://api.stripe.com/v1/charges -u sk_test_x: -d amount=1 -d "source=tok_visa"',
      {
        method: 'POST',
        auth: { kind: 'basic', user: 'sk_test_x', password: '' },
        body: { kind: 'text', text: 'amount=1&source=tok_visa' },
        headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
      },
    ],
    [
      'curl -G https://example.com/s --data-urlencode "q=a b&c" -d n=1',
      { method: 'GET', url: 'https://example.com/s?q=a%20b%26c&n=1', body: { kind: 'none' } },
    ],
    [
      'curl --json \'{"a":1}\' https://example.com',
      {
        method: 'POST',
        headers: [
          { name: 'Content-Type', value: 'application/json' },
          { name: 'Accept', value: 'application/json' },
        ],
      },
    ],
    [
      'curl -F name=x -F "doc=@/tmp/a.pdf;type=application/pdf;filename=b.pdf" https://example.com',
      {
        method: 'POST',
        body: {
          kind: 'multipart',
          parts: [
            { name: 'name', value: 'x', file: null },
            { name: 'doc', file: '/tmp/a.pdf', fileName: 'b.pdf', contentType: 'application/pdf' },
          ],
        },
      },
    ],
    ['curl -T /tmp/a.bin https://example.com/a', { method: 'PUT', body: { kind: 'file', path: '/tmp/a.bin' } }],
    [
      'curl --data-binary @/tmp/a.bin https://example.com/a',
      { method: 'POST', body: { kind: 'file', path: '/tmp/a.bin' } },
    ],
    [
      'curl -sSL --max-time 5 --http1.1 https://example.com',
      { settings: { redirects: 10, timeoutMs: 5000, protocol: 'http/1.1' } },
    ],
    [
      "curl https://example.com -H 'X-Empty;' -H 'Accept:' -H 'X-A:b'",
      {
        headers: [
          { name: 'X-Empty', value: '' },
          { name: 'X-A', value: 'b' },
        ],
      },
    ],
    ['curl https://example.com --oauth2-bearer abc', { auth: { kind: 'bearer', token: 'abc' } }],
  ])('%s', (command, expected) => {
    expect(read(command).draft).toMatchObject(expected);
  });
});

test('what is not carried over is said', () => {
  const { says } = read(
    'curl -k -x http://proxy:8080 --cert me.pem --made-up https://a.example https://b.example -b jar.txt',
  );
  expect(says.length).toBe(6);
  expect(says.join(' ')).toContain('certificates are always checked');
});

test('several bodies are what curl makes of them, and what is left out is said', () => {
  expect(read(`curl --json '[1,' --json '2]' https://a.example`).draft.body).toEqual({ kind: 'text', text: '[1,2]' });
  expect(read("curl -F 'a={{x}};type=text/plain' https://a.example").draft.body).toMatchObject({
    parts: [{ value: '\\{{x}}', contentType: 'text/plain' }],
  });
  expect(read("curl -d $'\\xc3\\xa9' https://a.example").draft.body).toEqual({ kind: 'text', text: 'é' });
  for (const command of [
    'curl -G -d @q.txt a.example',
    'curl -F a=b -d c=d a.example',
    'curl -d @a -d @b a.example',
    'curl a.example | jq .',
  ])
    expect(read(command).says.length, command).toBe(1);
  expect(read('curl https://a.example | jq .').draft.url).toBe('https://a.example');
});

test('what is no command is told why', () => {
  expect(readCurl("curl 'https://a.example")).toEqual({ says: 'A quote of the command is not closed.' });
  expect(readCurl('wget https://a.example')).toEqual({ says: 'The command is no cURL command.' });
  expect(readCurl('curl -X')).toEqual({ says: 'After -X a value is missing.' });
  expect(readCurl('curl -s')).toEqual({ says: 'The command names no address.' });
  expect([isCurl('  curl https://a.example'), isCurl('$ curl x'), isCurl('curly'), isCurl('https://curl.se')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('words in single quotes come back as they are, and nothing that is pasted throws', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (list) => {
      const quoted = list.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      if (!/\^\r?\n|\^"/.test(quoted)) expect(shellWords(quoted)).toEqual(list);
      readCurl(`curl ${list.join(' ')}`);
    }),
  );
});
