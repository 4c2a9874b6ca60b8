import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeVariables, putVariables } from '../../../shared/replay/variables.ts';

test('variables are put in, and those that nobody knows are told', () => {
  const values = new Map([
    ['host', 'api.example.com'],
    ['a.b-c', '{{host}}'],
  ]);
  expect(putVariables('https://{{ host }}/{{a.b-c}}?{{x}}&{{x}}&{{$uuid}}', (name) => values.get(name))).toEqual({
    // What is put in is text.
    text: 'https://api.example.com/{{host}}?{{x}}&{{x}}&{{$uuid}}',
    missing: ['x', '$uuid'],
  });
});

test('braces that are meant are written with a backslash, and any text can be written so', () => {
  expect(putVariables('\\{{host}}', () => 'no').text).toBe('{{host}}');
  fc.assert(
    fc.property(fc.stringMatching(/^[\\{} a$b]*$/), (text) => {
      expect(putVariables(escapeVariables(text), () => 'never')).toEqual({ text, missing: [] });
    }),
  );
});
