import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCookies, readSetCookie } from '../../../shared/payload/cookies.ts';
import { readCsv } from '../../../shared/payload/csv.ts';
import { readGrpcMessages } from '../../../shared/payload/grpc-messages.ts';
import { headerNote } from '../../../shared/payload/header-notes.ts';
import { findJwts, fromBase64Url } from '../../../shared/payload/jwt.ts';
import { readMultipart } from '../../../shared/payload/multipart.ts';
import { readPairs } from '../../../shared/payload/pairs.ts';
import { prettyXml } from '../../../shared/payload/pretty-xml.ts';
import { splitRedacted } from '../../../shared/payload/redacted-value.ts';

test('forms and queries keep order, duplicates and names without a value', () => {
  expect(readPairs('?a=1&b=%C3%BC+x&a=2&flag').map(({ name, value }) => [name, value])).toEqual([
    ['a', '1'],
    ['b', 'ü x'],
    ['a', '2'],
    ['flag', ''],
  ]);
});

test('a broken escape stays as it was sent', () => {
  expect(readPairs('a=%C3%BC%zz')[0]?.value).toBe('ü%zz');
});

test('what was encoded reads as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string())), (pairs) => {
      const sent = new URLSearchParams(pairs).toString();
      expect(readPairs(sent).map(({ name, value }) => [name, value])).toEqual([...new URLSearchParams(sent)]);
    }),
  );
});

test('cookies and their attributes are taken apart, with what browsers refuse', () => {
  expect(readCookies('a=1; b="x=y";c')).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: '"x=y"' },
    { name: '', value: 'c' },
  ]);
  const set = readSetCookie('id=7; Path=/; SameSite=None; Max-Age=0');
  expect(set.attributes).toEqual([
    ['Path', '/'],
    ['SameSite', 'None'],
    ['Max-Age', '0'],
  ]);
  expect(set.remarks).toEqual(['deletes the cookie', 'SameSite=None without Secure: browsers refuse it']);
});

test('tokens in a value are decoded with their times', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: 'ü', exp: 1893456000 })}.c2ln`;
  const [found] = findJwts(`Bearer ${token}, and not eyJub3Q.eyJqc29u.x`);
  expect(found).toMatchObject({ token, claims: { sub: 'ü' }, times: [{ claim: 'exp', seconds: 1893456000 }] });
});

test('base64 in either alphabet gives its bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...fromBase64Url(Buffer.from(bytes).toString('base64url'))]).toEqual([...bytes]);
      expect([...fromBase64Url(Buffer.from(bytes).toString('base64'))]).toEqual([...bytes]);
    }),
  );
});

test('parts of a form have exactly the bytes that were put in', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 5 }), (contents) => {
      const pieces = contents.flatMap((content, index) => [
        Buffer.from(`--b0undary\r\nContent-Disposition: form-data; name="f${index}"; filename="a b.bin"\r\n\r\n`),
        Buffer.from(content),
        Buffer.from('\r\n'),
      ]);
      const body = Buffer.concat([...pieces, Buffer.from('--b0undary--\r\n')]);
      const parts = readMultipart(body, 'multipart/form-data; boundary="b0undary"');
      expect(parts.map(({ start, end }) => [...body.subarray(start, end)])).toEqual(contents.map((one) => [...one]));
      expect(parts[0]).toMatchObject({ name: 'f0', fileName: 'a b.bin', whole: true });
    }),
  );
});

test('a part that was cut is there, and said to be cut', () => {
  const [part] = readMultipart(
    Buffer.from('--x\r\nContent-Type: text/plain\r\n\r\nhal'),
    'multipart/mixed; boundary=x',
  );
  expect(part).toMatchObject({ contentType: 'text/plain', whole: false });
});

test('cells with separators, quotes and line breaks are one cell', () => {
  expect(readCsv('a;b\n"x;""y""\nz";2\r\n').rows).toEqual([
    ['a', 'b'],
    ['x;"y"\nz', '2'],
  ]);
});

test('gRPC messages are found by their lengths; the last may be cut', () => {
  const body = Uint8Array.of(0, 0, 0, 0, 2, 7, 8, 1, 0, 0, 0, 9, 1);
  expect(readGrpcMessages(body)).toEqual([
    { start: 5, end: 7, compressed: false, trailers: false, whole: true },
    { start: 12, end: 13, compressed: true, trailers: false, whole: false },
  ]);
});

test('XML keeps its attributes, entities, comments and CDATA', () => {
  const { text, problem } = prettyXml(
    '<?xml version="1.0"?><a x="1>2"><!-- c --><b>t &amp; u</b><c/><d><![CDATA[<e>]]></d></a>',
  );
  expect(text).toBe(
    '<?xml version="1.0"?>\n<a x="1>2">\n  <!-- c -->\n  <b>t &amp; u</b>\n  <c/>\n  <d><![CDATA[<e>]]></d>\n</a>',
  );
  expect(problem).toBeNull();
  expect(prettyXml('<a><b>').problem?.says).toBe('it ends in the middle');
});

test('what was redacted is told from what was not', () => {
  const mark = `${'*'.repeat(3)}1a2b(9f3c2d10)`;
  expect(splitRedacted(`Bearer ${mark}, x`)).toEqual([
    { text: 'Bearer ' },
    { masked: mark, lastFour: '1a2b', fingerprint: '9f3c2d10' },
    { text: ', x' },
  ]);
});

test('well-known headers are explained, whatever their case', () => {
  expect(headerNote('ETag')).toContain('Version');
  expect(headerNote('constructor')).toBeNull();
});
