// How bodies are laid out, found in and shown in rows: the parts of the worker that need no worker.
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../../renderer/inspect/body/decode-text.ts';
import { findText } from '../../../renderer/inspect/body/find-text.ts';
import { graphqlText } from '../../../renderer/inspect/body/graphql-text.ts';
import { layOut } from '../../../renderer/inspect/body/lay-out.ts';
import { msgpackText } from '../../../renderer/inspect/body/msgpack-text.ts';
import { protobufText } from '../../../renderer/inspect/body/protobuf-text.ts';
import { indexRows } from '../../../renderer/inspect/body/row-index.ts';
import { BODY_FORMS } from '../../../shared/payload/recognise.ts';

const NO_INFLATE = (bytes: Uint8Array): Promise<Uint8Array> => Promise.resolve(bytes);

test('any bytes can be looked at as any form', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.constantFrom(...BODY_FORMS), async (bytes, form) => {
      const held = { bytes: new Uint8Array(bytes), form, mediaType: '', charset: null, contentType: null };
      for (const look of ['pretty', 'raw', 'hex'] as const)
        expect(await layOut(held, look, form, NO_INFLATE)).toBeDefined();
    }),
  );
});

test('rows hold the whole text, long lines in pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 20 }), (lines) => {
      const text = lines.join('\n');
      const index = indexRows(text, 7);
      let made = '';
      for (let row = 0; row < index.rows; row++) {
        if (row > 0 && index.lineOf(row) > 0) made += '\n';
        made += text.slice(index.startOf(row), index.endOf(row)) + (text[index.endOf(row)] === '\r' ? '\r' : '');
        expect(index.endOf(row) - index.startOf(row)).toBeLessThanOrEqual(7);
        expect(index.rowAt(index.startOf(row))).toBe(row);
      }
      expect(made).toBe(text);
    }),
  );
});

test('a pattern that is not valid says so, one that matches nothing finds nothing', () => {
  expect(findText('abc', { pattern: '(', regex: true, matchCase: true }).problem).not.toBeNull();
  expect(findText('a.c abc', { pattern: 'a.c', regex: false, matchCase: true }).matches).toEqual(Uint32Array.of(0, 3));
  expect(findText('Abc', { pattern: 'a', regex: false, matchCase: false }).matches).toEqual(Uint32Array.of(0, 1));
  expect(findText('abc', { pattern: 'x*', regex: true, matchCase: true }).matches.length).toBe(0);
  expect(findText('one\ntwo', { pattern: '^t', regex: true, matchCase: true }).matches).toEqual(Uint32Array.of(4, 5));
});

test('protobuf without its schema: numbers, texts, messages in messages', () => {
  const bytes = Uint8Array.of(0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x1a, 0x02, 0x08, 0x01);
  expect(protobufText(bytes)).toBe('1: 150  # sint 75\n2: "hi"\n3 {\n  1: 1\n}');
  expect(protobufText(Uint8Array.of(0x0f, 0xff))).toBeNull();
});

test('MessagePack as JSON, with what JSON has no form for in words', () => {
  expect(msgpackText(encode({ a: [1, null], b: Uint8Array.of(1, 2) }))).toBe('{"a":[1,null],"b":"bytes <01 02>"}');
});

test('a GraphQL query is formatted, its variables beside it', () => {
  expect(graphqlText('{"operationName":"Q","query":"query Q($a:Int){b(a:$a){c}}","variables":{"a":1}}')).toBe(
    '# operation Q\n\nquery Q($a: Int) {\n  b(a: $a) {\n    c\n  }\n}\n\n# variables\n{\n  "a": 1\n}',
  );
});

test('a charset is said when it is not plain UTF-8', () => {
  const latin = Uint8Array.of(0x47, 0x72, 0xfc);
  expect(decodeText(latin, 'iso-8859-1')).toEqual({ text: 'Grü', says: 'windows-1252' });
  expect(decodeText(latin, null)).toEqual({ text: 'Grü', says: 'not UTF-8; read as windows-1252' });
  expect(decodeText(latin, 'utf-8').says).toContain('some bytes are not utf-8');
  expect(decodeText(latin, 'klingon').says).toContain('not known');
});
