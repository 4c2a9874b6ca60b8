import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StepResult } from '../../../shared/model/sequence.ts';
import { writeJunit } from '../../../shared/replay/junit.ts';

const result = (change: Partial<StepResult> = {}): StepResult => ({
  step: 0,
  round: 1,
  name: 'GET /items',
  method: 'GET',
  url: 'https://api.example.com/items',
  call: 7,
  origin: 1,
  status: 200,
  recordedStatus: 200,
  tookUs: 1_500_000,
  comparison: null,
  assertions: [],
  passed: true,
  says: null,
  ...change,
});

/** Every element of an XML text with its attributes; throws where it is not well formed. Knows no more than JUnit needs. */
function elementsOf(xml: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: (typeof found)[number][] = [];
  let at = xml.indexOf('?>') + 2;
  const piece =
    /\s*(?:<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)\s*(\/?)>|([^<]+))/y;
  while (at < xml.length) {
    piece.lastIndex = at;
    const read = piece.exec(xml);
    if (read === null) throw new Error(`not well formed at ${xml.slice(at, at + 60)}`);
    at = piece.lastIndex;
    const [, closes, name, attributes = '', , text] = read;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a bare & in ${text}`);
      const inside = open.at(-1);
      if (inside) inside.text += text;
    } else if (closes === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    } else {
      const element = {
        name: name ?? '',
        text: '',
        attributes: Object.fromEntries(
          [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        ),
      };
      found.push(element);
      open.push(element);
    }
  }
  if (open.length > 0) throw new Error('something is left open');
  return found;
}

/** What build servers ask of the format (the Ant and Surefire schema): which attributes an element has to have. */
const REQUIRED: Record<string, string[]> = {
  testsuites: ['tests', 'failures', 'errors', 'time'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'],
  testcase: ['name', 'classname', 'time'],
  failure: ['message', 'type'],
  'system-out': [],
};

test('the sums, a case for each sending, and why one failed', () => {
  const failed = result({
    passed: false,
    says: 'status == 201: It is 200.',
    round: 2,
    assertions: [{ text: 'status == 201', passed: false, says: 'It is 200.' }],
  });
  const elements = elementsOf(
    writeJunit([result(), failed], { name: '1 2', at: Date.UTC(2026, 10, 24, 12) * 1000, tookUs: 3_000_000 }),
  );
  const [suites, suite] = elements;
  expect(suites?.attributes).toMatchObject({ tests: '2', failures: '1', errors: '0', time: '3.000000' });
  expect(suite?.attributes).toMatchObject({ timestamp: '2026-11-24T12:00:00' });
  expect(elements.filter(({ name }) => name === 'testcase').map(({ attributes }) => attributes['name'])).toEqual([
    'GET /items',
    'GET /items (2)',
  ]);
  expect(elements.find(({ name }) => name === 'failure')?.attributes['message']).toBe('status == 201: It is 200.');
});

test('whatever stands in names and sentences, the file is well formed and has what build servers ask for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.boolean(), (name, says, passed) => {
      const xml = writeJunit([result({ name, says: passed ? null : says, passed, url: says })], {
        name,
        at: 0,
        tookUs: 0,
      });
      // oxlint-disable-next-line no-control-regex
      expect(xml).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/);
      for (const { name: element, attributes } of elementsOf(xml))
        expect(Object.keys(attributes)).toEqual(expect.arrayContaining(REQUIRED[element] ?? ['no such element']));
    }),
  );
});
