import { expect, test } from 'vitest';
import { recogniseBody } from '../../../shared/payload/recognise.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const form = (text: string | Uint8Array, contentType: string | null, path = ''): string =>
  recogniseBody(typeof text === 'string' ? bytes(text) : text, { contentType, path }).form;

test.each([
  ['{"a":1}', 'application/json', 'json'],
  ['{"a":1}', 'application/vnd.api+json; charset=utf-8', 'json'],
  ['{"a":1}\n{"a":2}\n', 'application/x-ndjson', 'jsonl'],
  ['<a/>', 'application/soap+xml', 'xml'],
  ['<p>', 'text/html', 'html'],
  ['a=1', 'application/x-www-form-urlencoded', 'form'],
  ['--x\r\n', 'multipart/form-data; boundary=x', 'multipart'],
  ['data: 1\n\n', 'text/event-stream', 'events'],
  ['x', 'application/grpc+proto', 'grpc'],
  ['x', 'application/x-protobuf', 'protobuf'],
  ['x', 'application/vnd.msgpack', 'msgpack'],
  ['a,b', 'text/csv', 'csv'],
  ['let a', 'application/javascript', 'javascript'],
  ['a {}', 'text/css', 'css'],
  ['hello', 'text/plain', 'text'],
  ['<svg xmlns="x"/>', 'image/svg+xml', 'image'],
])('a declared type is believed: %s as %s', (text, type, expected) => {
  expect(form(text, type)).toBe(expected);
});

test.each([
  ['{"a": [1, 2]}', 'json'],
  ['[{"a":1}]', 'json'],
  ['{"a":1}\n{"a":2}', 'jsonl'],
  ['<?xml version="1.0"?><a/>', 'xml'],
  ['<!DOCTYPE html><html>', 'html'],
  ['event: a\ndata: 1\n\n', 'events'],
  ['name=a&value=b%20c', 'form'],
  ['[INFO] started', 'text'],
  ['{{ template }}', 'text'],
  ['just words', 'text'],
])('without a type the bytes decide: %s', (text, expected) => {
  expect(form(text, null)).toBe(expected);
});

test('an error page sent as JSON is shown as the page it is', () => {
  expect(form('<!doctype html><h1>502</h1>', 'application/json')).toBe('html');
});

test('images and archives are known by their first bytes, whatever was declared', () => {
  expect(
    recogniseBody(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0), { contentType: 'text/plain' }),
  ).toMatchObject({ form: 'image', mediaType: 'image/png' });
  expect(recogniseBody(bytes('%PDF-1.7'), { contentType: null }).name).toBe('PDF document');
});

test('GraphQL is told from other JSON by its query', () => {
  expect(form('{"query":"query A { a }","variables":{}}', 'application/json')).toBe('graphql');
  expect(form('{"query":"shoes","page":2}', 'application/json')).toBe('json');
});

test('bytes with zeros are no text', () => {
  expect(form(Uint8Array.of(1, 0, 2, 0, 255), null)).toBe('binary');
  expect(form('', 'application/json')).toBe('empty');
});

test('a charset is the one declared, or the one a byte order mark says', () => {
  expect(recogniseBody(bytes('a'), { contentType: 'text/plain; charset="ISO-8859-1"' }).charset).toBe('iso-8859-1');
  expect(recogniseBody(Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0), { contentType: null })).toMatchObject({
    charset: 'utf-16le',
    form: 'json',
  });
});
