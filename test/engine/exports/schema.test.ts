// Schemas inferred from bodies: every body is valid by the schema inferred from it, and nothing that somebody wrote is in it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemaOf } from '../../../electron/engine/exports/openapi/schema.ts';
import type { Schema } from '../../../electron/engine/exports/openapi/schema.ts';
import { createInference, MOST_PROPERTIES } from '../../../electron/engine/exports/openapi/shape.ts';

function infer(values: readonly unknown[]): Schema {
  const inference = createInference();
  for (const value of values) inference.add(value);
  return schemaOf(inference.shape);
}

const ajv = new Ajv2020({ strict: false, ownProperties: true, code: { optimize: false } });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

/** What a schema has against values. */
function faults(schema: Schema, values: readonly unknown[]): unknown[] {
  const validate = ajv.compile(schema);
  return values.flatMap((value) => (validate(value) ? [] : (validate.errors ?? [])));
}

const names = fc.oneof(
  fc.constantFrom('id', 'type', 'status', 'email', 'items', 'created_at', '__proto__', 'constructor', 'ch_1234567'),
  fc.string({ maxLength: 8 }),
);
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('active', 'paused', '2026-02-29', '2024-02-29', '2026-11-23T10:00:00Z', '2026-11-23T24:00:00Z'),
  fc.constantFrom('a@b.co', 'a..b@c.de', 'https://x.dev/a?b=%41', 'https://x.dev:99999', '1.2.3.4', '256.1.1.1'),
  fc.uuid(),
  fc.emailAddress(),
  fc.webUrl(),
  fc.ipV4(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const { body } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1.5, -7, 1e21),
    texts,
    fc.array(tie('body'), { maxLength: 4 }),
    fc.dictionary(names, tie('body'), { maxKeys: 4 }),
  ),
}));

describe('a schema', () => {
  test('takes every body that it was inferred from', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 8 }), (bodies) => {
        const schema = infer(bodies);
        expect(faults(schema, bodies)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('takes them too when they are deeper and larger than is kept', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 60; level += 1) deep = level % 2 === 0 ? [deep] : { inner: deep };
    const wide = Object.fromEntries(Array.from({ length: 3 * MOST_PROPERTIES }, (_, at) => [`k${at % 90}_${at}`, at]));
    const huge = Array.from({ length: 46 }, (_, at) => ({
      [`a${at}`]: Object.fromEntries(Array.from({ length: 90 }, (__, b) => [`b${b}`, b])),
    }));
    for (const one of [deep, wide, huge]) expect(faults(infer([one, {}]), [one, {}])).toEqual([]);
    expect(infer([wide])).toEqual({ type: 'object', additionalProperties: { type: 'integer' } });
    expect(JSON.stringify(infer([huge])).length).toBeLessThan(600_000);
  });

  test('says types, formats, what may be null, and what was always there', () => {
    const schema = infer([
      { id: 'x1', at: '2026-11-23T10:00:00Z', amount: 12, note: null },
      { id: 'x2', at: '2026-11-23T11:00:00+01:00', amount: 1.5, note: 'hello', tags: ['a'] },
    ]);
    expect(schema).toEqual({
      type: 'object',
      required: ['amount', 'at', 'id', 'note'],
      properties: {
        id: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
        amount: { type: 'number', examples: [12] },
        note: { type: ['string', 'null'] },
        tags: { type: 'array', items: { type: 'string' } },
      },
    });
  });

  test('lists words only where a name says that they are kinds, and they were seen often', () => {
    const seen = (name: string, words: string[]) => infer(words.map((word) => ({ [name]: word }))).properties?.[name];
    const often = ['paid', 'open', 'paid', 'paid', 'open', 'paid'];
    expect(seen('status', often)?.enum).toEqual(['open', 'paid']);
    expect(seen('paymentStatus', often)?.enum).toEqual(['open', 'paid']);
    expect(seen('status', often.slice(0, 4))?.enum).toBeUndefined();
    // Somebody's login is no kind, however often it is seen.
    expect(seen('login', ['ada', 'bob', 'ada', 'bob', 'ada', 'bob'])?.enum).toBeUndefined();
    expect(
      seen(
        'status',
        often.map((word) => `${word}!`),
      )?.enum,
    ).toBeUndefined();
    expect(
      seen(
        'status',
        often.map((_, at) => `order_12345${at % 2}`),
      )?.enum,
    ).toBeUndefined();
  });

  test('has no names in it that are data: ids, addresses, masks', () => {
    const body = {
      users: {
        '48123': { age: 3 },
        'ada@example.com': { age: 4 },
        '***1a2b(9f3c2d10)': { age: 5 },
        '9b2e4c1f00aa': { age: 1 },
      },
    };
    const text = JSON.stringify(infer([body, body]));
    expect(text).not.toMatch(/48123|ada|9f3c|9b2e/);
    expect(infer([body]).properties?.['users']).toEqual({
      type: 'object',
      additionalProperties: { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] },
    });
  });

  test('shows no number that may be somebody’s', () => {
    const { properties } = infer([{ user_id: 77, phone: 441234, amount: 20, balance: 123_456_789 }]);
    expect(Object.entries(properties ?? {}).filter(([, one]) => one.examples !== undefined)).toEqual([
      ['amount', { type: 'integer', examples: [20] }],
    ]);
  });
});
