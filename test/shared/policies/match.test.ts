import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Match } from '../../../shared/model/policy.ts';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import { compileGlob, compilePath } from '../../../shared/policies/match/glob.ts';
import { compileMatch } from '../../../shared/policies/match/compile-match.ts';
import { indexPolicies } from '../../../shared/policies/match/index-of-policies.ts';
import { compileEndpoints, compileValues } from '../../../shared/policies/match/patterns.ts';
import { compileSafeRegex } from '../../../shared/policies/match/safe-regex.ts';
import { compileWhen } from '../../../shared/policies/match/when.ts';
import { call } from './policies-and-calls.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z') * 1000; // a Monday
const bounds = { numRuns: 400, interruptAfterTimeLimit: 3000 };

describe('patterns', () => {
  test('a star in a name stands for anything, in a path for one segment and two for many', () => {
    const host = compileGlob('*.openai.*');
    expect(['api.openai.com', 'a.b.openai.org', 'openai.com'].map(host)).toEqual([true, true, false]);
    const one = compilePath('/v1/*/files');
    expect(['/v1/a/files', '/v1/a/files/', '/v1/a/b/files', '/v1//files'].map(one)).toEqual([true, true, false, false]);
    const many = compilePath('/v1/**');
    expect(['/v1/a', '/v1/a/b/', '/v2/a'].map(many)).toEqual([true, true, false]);
    const part = compilePath('/v*/x-*.json');
    expect(['/v1/x-1.json', '/v/x-.json', '/v1/y/x-1.json'].map(part)).toEqual([true, true, false]);
    const deep = compilePath('/**/files/*');
    expect(['/a/b/files/x', '/files/x', '/a/files/x/y'].map(deep)).toEqual([true, false, false]);
    expect(compilePath('/v1/{id}')('/v1/7')).toBe(true);
  });

  test('paths of many stars say the same as a plain reading of them', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'a'), maxLength: 10 });
    const stars = fc.array(fc.constantFrom('a', 'b', '/', '*', '**'), { maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(stars, letters, (pattern, text) => {
        const trimmed = pattern.length > 1 && pattern.endsWith('/') ? pattern.slice(0, -1) : pattern;
        const plain = trimmed.replaceAll(/\*+/g, (run, at: number) => {
          if (run.length > 1) return '.*';
          const before = trimmed[at - 1] ?? '/';
          const after = trimmed[at + 1] ?? '/';
          return before === '/' && after === '/' ? '[^/]+' : '[^/]*';
        });
        expect(compilePath(pattern)(text)).toBe(new RegExp(`^${plain}/?$`, 's').test(text));
      }),
      bounds,
    );
  });

  test('a pattern full of stars does not hang on a long text', () => {
    const text = 'a'.repeat(8000);
    expect(compileGlob('*a*a*a*a*a*b')(text)).toBe(false);
    expect(compilePath('/*a*a*a*a*a*a*b')(`/${text}`)).toBe(false);
    expect(compilePath('/**a**a**a**a**b')(`/${text}`)).toBe(false);
  });

  test('`!` takes out, `!` alone leaves all else, and what is not known fits no name', () => {
    const both = compileValues(['billing*', '!billing-test'], false);
    expect(['Billing', 'billing-test', 'other', null].map(both)).toEqual([true, false, false, false]);
    const rest = compileValues(['!billing'], false);
    expect(['billing', 'other', null].map(rest)).toEqual([false, true, true]);
    expect(compileValues(['*'], false)(null)).toBe(false);
  });

  test('an endpoint fits as learned, and by method and path before anything was learned', () => {
    const fits = compileEndpoints(['POST /v1/charges/*', '!POST /v1/charges/secret']);
    const of = (method: string, path: string, endpoint: string | null = null) => fits(call({ method, path, endpoint }));
    expect(of('POST', '/v1/charges/ch_1')).toBe(true);
    expect(of('GET', '/v1/charges/ch_1')).toBe(false);
    expect(of('POST', '/v1/charges')).toBe(false);
    expect(of('POST', '/v1/charges/secret')).toBe(false);
    expect(
      compileEndpoints(['POST /v1/charges/{id}'])(call({ path: '/x', endpoint: 'POST /v1/charges/{charge}' })),
    ).toBe(true);
    expect(compileEndpoints(['/v1/responses'])(call())).toBe(true);
    expect(compileEndpoints(['GET *'])(call())).toBe(false);
  });
});

describe('times', () => {
  const at = (text: string) => Date.parse(text) * 1000;
  const during = (times: Match['times'], moment: string, zone = 'Europe/Vienna') =>
    compileMatch({ fields: {}, headers: {}, tags: {}, times, when: null }, zone).wide.every((wide) =>
      wide(call(), at(moment)),
    );
  const office = [{ days: [1, 2, 3, 4, 5], from: 540, until: 1080, zone: null }];

  test('count by the clock on the wall of their zone, summer and winter', () => {
    expect(during(office, '2026-11-23T08:00:00Z')).toBe(true);
    expect(during(office, '2026-11-23T07:59:59Z')).toBe(false);
    expect(during(office, '2026-07-20T07:00:00Z')).toBe(true);
    expect(during(office, '2026-11-21T10:00:00Z')).toBe(false);
    expect(during([{ ...(office[0] as Match['times'][0]), zone: 'America/New_York' }], '2026-11-23T08:00:00Z')).toBe(
      false,
    );
  });

  test('over midnight a window belongs to the day it began on', () => {
    const night = [{ days: [5], from: 1320, until: 360, zone: 'UTC' }];
    expect(during(night, '2026-11-20T23:00:00Z')).toBe(true); // Friday
    expect(during(night, '2026-11-21T05:59:00Z')).toBe(true);
    expect(during(night, '2026-11-21T06:00:00Z')).toBe(false);
    expect(during(night, '2026-11-20T05:00:00Z')).toBe(false);
  });
});

describe('when', () => {
  const says = (expression: string, facts: Parameters<typeof call>[0] = {}): boolean => {
    const compiled = compileWhen(expression);
    if ('mistake' in compiled) throw new Error(compiled.mistake.says);
    return compiled.when.test(call(facts), NOW);
  };
  const mistake = (expression: string) => {
    const compiled = compileWhen(expression);
    return 'mistake' in compiled ? compiled.mistake : null;
  };

  test('reads all there is of a call', () => {
    const facts = {
      package: 'openai',
      tags: { tenant: 'acme' },
      data: ['personal'],
      headers: { 'x-team': 'red' },
      requestBytes: 10,
      query: 'a=1',
      model: 'gpt-5',
    };
    for (const expression of [
      'request.method == "POST" && request.path.startsWith("/v1/")',
      'request.host.endsWith(".openai.com") && request.port == 443 && request.scheme == "https"',
      'request.headers["X-Team"] == "red"',
      '"x-team" in request.headers',
      'request.size > 5 && request.query.contains("a=")',
      'tags.tenant == "acme" && has(tags.tenant)',
      '"personal" in data',
      'npmPackage == "openai" && app == "billing" && vendor == "openai" && service == "api"',
      'category == "ai" && status == "approved" && country == "US" && source == "proxy"',
      'endpoint == "" && credential == "" && environment == "" && process == ""',
      'model.startsWith("gpt")',
      'at.getHours("Europe/Vienna") == 11 && at.getDayOfWeek() == 1',
      'at > timestamp("2026-01-01T00:00:00Z")',
      'hostMatches(request.host, "*.OpenAI.com") && pathMatches(request.path, "/v1/*")',
      'inCidr("10.1.2.3", "10.0.0.0/8") && !inCidr(request.host, "10.0.0.0/8")',
      'request.path.matches("^/v[0-9]+/resp")',
    ]) {
      expect([expression, says(expression, facts)]).toEqual([expression, true]);
    }
  });

  test('a key that is not there is no match, whatever is asked of it', () => {
    expect(says('tags.tenant == "acme"')).toBe(false);
    expect(says('tags.tenant != "acme"')).toBe(false);
    expect(says('request.headers["x-team"] != "red"')).toBe(false);
    expect(says('has(tags.tenant) || app == "billing"')).toBe(true);
  });

  test('mistakes are found when it is written, with their place', () => {
    expect(mistake('ap == "x"')).toEqual({
      says: expect.stringContaining('`ap` is not known') as string,
      at: 0,
      end: 2,
    });
    expect(mistake('app == "x" && request.hots == ""')).toMatchObject({
      says: expect.stringContaining('no `hots`') as string,
      at: 22,
    });
    expect(mistake('app ==')).toMatchObject({ says: 'ends too early', at: 6 });
    expect(mistake('app + 1 == 2')).toMatchObject({ says: expect.stringContaining('string + int') as string });
    expect(mistake('app')).toMatchObject({ says: 'says string, not true or false' });
    expect(mistake('inCidr(request.host, "10.0.0.0/99")')).toMatchObject({
      at: 21,
      says: expect.stringContaining('not a network') as string,
    });
    expect(mistake('app.matches("(a")')).toMatchObject({
      at: 12,
      says: expect.stringContaining('without an end') as string,
    });
    expect(mistake('app.matches("(a)\\\\1")')?.says).toContain('refers back');
  });

  test('other failures are told, not swallowed', () => {
    const compiled = compileWhen('1 / (request.port - 443) == 1');
    expect(() => ('when' in compiled ? compiled.when.test(call(), NOW) : null)).toThrow();
  });

  test('anything may be written: it compiles or is a mistake', () => {
    const bits = fc.constantFrom(
      'app',
      '==',
      '"x"',
      '&&',
      '(',
      ')',
      '.',
      'request',
      'matches',
      '[',
      ']',
      '1',
      '!',
      '?',
      ':',
      'tags',
      '"(a+)+"',
      ',',
      'has',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 30 }),
          fc.array(bits, { maxLength: 12 }).map((all) => all.join(' ')),
        ),
        (text) => {
          const compiled = compileWhen(text);
          if ('mistake' in compiled) {
            expect(compiled.mistake.at).toBeLessThanOrEqual(text.length);
            expect(compiled.mistake.says).not.toBe('');
          }
        },
      ),
      bounds,
    );
  });
});

describe('regular expressions', () => {
  test('say what the language’s own say', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '(a|b)', '(?:ab)', '^', '$', '\\b', 'c');
    const repeat = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '*?');
    const pattern = fc
      .array(fc.tuple(atom, repeat), { maxLength: 5 })
      .map((all) => all.map(([a, r]) => (/^[$^]$|^\\b$/.test(a) ? a : a + r)).join(''));
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 8 }),
        (source, text) => {
          expect(compileSafeRegex(source)(text)).toBe(new RegExp(source, 's').test(text));
        },
      ),
      bounds,
    );
  });

  test('never run away', () => {
    const text = `${'a'.repeat(5000)}!`;
    for (const source of ['(a+)+$', '(a|aa)*b', 'a*a*a*a*a*b', '(.*a){20}b'])
      expect(compileSafeRegex(source)(text)).toBe(false);
    for (const source of ['(?=a)', '(?<!a)b', '(a)\\1', '[a', 'a)', '*', 'a{600}b{600}']) {
      expect(() => compileSafeRegex(source)).toThrow();
    }
  });
});

describe('the index', () => {
  const words = (...texts: string[]) =>
    fc.option(fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }), { nil: undefined });
  const matchArbitrary: fc.Arbitrary<Match> = fc
    .record({
      vendor: words('openai', 'stripe', 'op*', '!stripe', '*'),
      app: words('billing', 'Crawler', '!billing', 'bill*'),
      host: words('api.openai.com', '*.openai.com', '*.com', 'api.stripe.com', '!api.stripe.com', 'api*'),
      method: words('POST', 'get', '!GET'),
      path: words('/v1/**', '/v1/responses', '!/v2/*'),
      tenant: words('a', 'b', '!a', '*'),
      team: words('red', '*'),
      model: words('gpt*', '!gpt-5'),
      data: words('personal', '!health'),
      when: fc.constantFrom(null, 'request.method == "POST"', 'tags.tenant == "a"'),
    })
    .map(({ tenant, team, when, ...fields }) => ({
      fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
      tags: tenant ? { tenant } : {},
      headers: team ? { 'X-Team': team } : {},
      times: [],
      when,
    }));
  const factsArbitrary: fc.Arbitrary<CallFacts> = fc
    .record({
      vendor: fc.constantFrom('openai', 'stripe', null),
      app: fc.constantFrom('billing', 'crawler', null),
      host: fc.constantFrom('api.openai.com', 'eu.api.openai.com', 'api.stripe.com', 'openai.com'),
      method: fc.constantFrom('GET', 'POST'),
      path: fc.constantFrom('/v1/responses', '/v2/x'),
      tags: fc.constantFrom(null, { tenant: 'a' }, { tenant: 'b' }),
      headers: fc.constantFrom({}, { 'x-team': 'red' }),
      model: fc.constantFrom(null, 'gpt-5', 'other'),
      data: fc.constantFrom([], ['personal'], ['personal', 'health']),
    })
    .map((parts) => call(parts as Parameters<typeof call>[0]));

  test('finds exactly the policies that a look at each one would find, in the file’s order', () => {
    const indexed = fc.record({
      match: matchArbitrary,
      expiresAt: fc.constantFrom(null, null, NOW, NOW + 1),
      exceptions: fc.array(fc.record({ match: matchArbitrary, expiresAt: fc.constantFrom(NOW, NOW + 1) }), {
        maxLength: 2,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(indexed, { maxLength: 8 }),
        fc.array(factsArbitrary, { minLength: 1, maxLength: 6 }),
        (policies, calls) => {
          const compiled = policies.map(({ match, expiresAt, exceptions }, entry) => ({
            entry,
            match: compileMatch(match, 'UTC'),
            expiresAt,
            exceptions: exceptions.map((one) => ({ match: compileMatch(one.match, 'UTC'), expiresAt: one.expiresAt })),
          }));
          const index = indexPolicies(compiled);
          for (const facts of calls) {
            const isAbout = ({ narrow, wide, body }: (typeof compiled)[0]['match']) =>
              narrow.every(({ read, test: fits }) => fits(read(facts))) &&
              [...wide, ...body].every((fits) => fits(facts, NOW));
            const expected = compiled
              .filter(
                ({ match, expiresAt, exceptions }) =>
                  isAbout(match) &&
                  (expiresAt === null || NOW < expiresAt) &&
                  !exceptions.some((one) => NOW < one.expiresAt && isAbout(one.match)),
              )
              .map(({ entry }) => entry);
            expect(index.find(facts, NOW, () => false)).toEqual(expected);
            // What may have to be asked before the body was read is never too little.
            const { entries, needsBody } = index.findBeforeBody(facts, NOW);
            expect(entries).toEqual(expect.arrayContaining(needsBody ? [] : expected));
          }
        },
      ),
      bounds,
    );
  });
});
