import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';
import type { OperationHead } from '../../../shared/endpoints/endpoints.ts';
import { patternOfTemplate, templatePath } from '../../../shared/endpoints/template.ts';

const get = (path: string, host = 'api.example.com'): OperationHead => ({
  host,
  method: 'GET',
  path,
  query: '',
  requestLines: '',
});
const AUTHORS = 'alice bob carol dmitri erin farouk grace heidi'.split(' ');

describe('what surely varies', () => {
  const templates: Record<string, string> = {
    '/v1/customers/cus_9XyTq1': '/v1/customers/{id}',
    '/v1/customers/42': '/v1/customers/{id}',
    '/v1/customers/6f1c2b3a-1111-4222-8333-444455556666': '/v1/customers/{id}',
    '/v1/items/01ARZ3NDEKTSV4RRFFQ69G5FAV': '/v1/items/{id}',
    '/git/commits/da39a3ee5e6b4b0d3255bfef95601890afd80709': '/git/commits/{id}',
    '/files/file-AbCdEf123': '/files/{id}',
    '/files/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms': '/files/{id}',
    '/users/ann@example.com/messages': '/users/{email}/messages',
    '/users/ann%40example.com': '/users/{email}',
    '/reports/2026-11-23': '/reports/{date}',
    '/models/gpt-4o': '/models/{slug}',
    '/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke': '/model/{slug}/invoke',
    '/v1beta/models/gemini-2.5-flash:generateContent': '/v1beta/models/{slug}:generateContent',
    '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef.json': '/2010-04-01/Accounts/{id}.json',
    '/bot***Daw(9f3c2d10)/sendMessage': '/{id}/sendMessage',
    '/Orders(17)/Lines': '/Orders({id})/Lines',
    '/rest/api/3/issue/PAY-17': '/rest/api/3/issue/{slug}',
    '/2/files/list_folder': '/2/files/list_folder',
    '/admin/api/2026-01/orders/450789469.json': '/admin/api/2026-01/orders/{id}.json',
    '/pkg.Greeter/SayHello': '/pkg.Greeter/SayHello',
    '/oauth2/v2.0/token': '/oauth2/v2.0/token',
    '/api/chat.postMessage': '/api/chat.postMessage',
    '/.well-known/openid-configuration': '/.well-known/openid-configuration',
    '/': '/',
    '//': '//',
    '*': '*',
  };
  it.each(Object.entries(templates))('%s → %s', (path, template) => {
    expect(templatePath(path)).toBe(template);
    expect(createEndpointNamer().name(get(path), null)).toBe(`GET ${template}`);
  });

  it('is any run in a filter', () => {
    expect(patternOfTemplate('/v1/sites/{site}/pages/{id}')).toBe('/v1/sites/*/pages/*');
  });
});

describe('what varies by learning', () => {
  it('is named once there are enough names, and what was named before counts as it', () => {
    const namer = createEndpointNamer();
    for (const one of AUTHORS.slice(0, 3)) expect(namer.name(get(`/authors/${one}`), null)).toBe(`GET /authors/${one}`);
    expect(namer.takeMerges()).toEqual([]);
    expect(namer.name(get('/authors/dmitri'), null)).toBe('GET /authors/{slug}');
    expect(namer.takeMerges()).toEqual([
      {
        host: 'api.example.com',
        from: ['GET /authors/alice', 'GET /authors/bob', 'GET /authors/carol'],
        to: 'GET /authors/{slug}',
      },
    ]);
    expect(namer.takeMerges()).toEqual([]);
    expect(namer.name(get('/authors/alice'), null)).toBe('GET /authors/{slug}');
  });

  it('leaves words of the API alone, and methods apart', () => {
    const namer = createEndpointNamer();
    for (const one of AUTHORS) namer.name(get(`/users/${one}`), null);
    expect(namer.name(get('/users/me'), null)).toBe('GET /users/me');
    expect(namer.name(get('/users/search'), null)).toBe('GET /users/search');
    expect(namer.name({ ...get('/users/zoe'), method: 'DELETE' }, null)).toBe('DELETE /users/{slug}');
  });

  it('is one place: names and ids there are one', () => {
    const namer = createEndpointNamer();
    for (const one of AUTHORS) namer.name(get(`/users/${one}/posts`), null);
    namer.takeMerges();
    expect(namer.name(get('/users/42/posts'), null)).toBe('GET /users/{id}/posts');
    expect(namer.takeMerges()).toEqual([
      { host: 'api.example.com', from: ['GET /users/{slug}/posts'], to: 'GET /users/{id}/posts' },
    ]);
  });
});

describe('corrections by people', () => {
  const merge = { host: 'api.example.com', template: '/v1/sites/{site}', keep: false };
  const keep = { host: 'api.example.com', template: '/v1/sites/settings', keep: true };

  it('win from the first call on, and below', () => {
    const namer = createEndpointNamer(null, [merge, keep]);
    expect(namer.name(get('/v1/sites/docs'), null)).toBe('GET /v1/sites/{site}');
    expect(namer.name(get('/v1/sites/42/pages'), null)).toBe('GET /v1/sites/{site}/pages');
    expect(namer.name(get('/v1/sites/settings'), null)).toBe('GET /v1/sites/settings');
    expect(namer.name(get('/v1/sites/docs', 'other.example.com'), null)).toBe('GET /v1/sites/docs');
    expect(namer.takeMerges()).toEqual([]);
  });

  it('count for what was named before', () => {
    const before = createEndpointNamer();
    before.name(get('/v1/sites/docs'), null);
    before.name(get('/v1/sites/settings'), null);
    const after = createEndpointNamer(before.takeState(), [merge, keep]);
    expect(after.takeMerges()).toEqual([
      { host: 'api.example.com', from: ['GET /v1/sites/docs'], to: 'GET /v1/sites/{site}' },
      // It may have counted as the other by a correction of before.
      { host: 'api.example.com', from: ['GET /v1/sites/settings'], to: 'GET /v1/sites/settings' },
    ]);
    expect(after.name(get('/v1/sites/settings'), null)).toBe('GET /v1/sites/settings');
  });

  it('take back what was learned', () => {
    const before = createEndpointNamer();
    for (const one of [...AUTHORS, 'preferred']) before.name(get(`/v1/sites/${one}`), null);
    before.takeMerges();
    const kept = { ...keep, template: '/v1/sites/preferred' };
    const after = createEndpointNamer(before.takeState(), [kept]);
    expect(after.takeMerges()).toEqual([
      { host: 'api.example.com', from: ['GET /v1/sites/preferred'], to: 'GET /v1/sites/preferred' },
    ]);
    expect(after.name(get('/v1/sites/preferred'), null)).toBe('GET /v1/sites/preferred');
    expect(after.name(get('/v1/sites/zoe'), null)).toBe('GET /v1/sites/{slug}');
  });
});

describe('a hostile stream', () => {
  it('of a million paths leaves few names and little to keep', () => {
    const namer = createEndpointNamer();
    const names = new Set<string>();
    let seed = 1;
    const word = (): string => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      let text = '';
      for (let n = seed; n > 0; n = Math.floor(n / 26)) text += String.fromCharCode(97 + (n % 26));
      return text;
    };
    for (let at = 0; at < 1_000_000; at += 1) {
      const path = at % 3 === 0 ? `/${word()}` : at % 3 === 1 ? `/${word()}/${word()}s` : `/a/${word()}s/${word()}/b`;
      names.add(namer.name({ ...get(path), method: at % 7 === 0 ? word() : 'GET' }, null));
    }
    expect(names.size).toBeLessThan(10_000);
    expect(namer.takeState()!.length).toBeLessThan(1_000_000);
  });

  it('of hosts and operations is bounded too', () => {
    const namer = createEndpointNamer();
    const names = new Set<string>();
    for (let at = 0; at < 20_000; at += 1) {
      namer.name(get('/v1/users', `h${at}.example.com`), null);
      names.add(namer.name({ ...get('/graphql'), method: 'POST' }, JSON.stringify({ operationName: `Get${at}` })));
    }
    expect(names.size).toBeLessThan(600);
    expect((JSON.parse(namer.takeState()!) as { hosts: unknown[] }).hosts.length).toBeLessThanOrEqual(1000);
  });

  it('never throws, whatever comes', () => {
    const namer = createEndpointNamer('{"version":1,"hosts":[["x",["",["GET"],1,[["/a"]],null]],7,["y"]]}');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webPath(),
          fc.string().map((text) => `/${text}`),
        ),
        fc.oneof(fc.string(), fc.webQueryParameters()),
        fc.constantFrom('GET', 'POST', ''),
        fc.option(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.string().map((text) => `{"query":"${text}`),
            fc.string().map((text) => `{"jsonrpc":"2.0",${text}`),
          ),
        ),
        fc.constantFrom('x', 's3.amazonaws.com', 'sqs.eu-west-1.amazonaws.com', ''),
        (path, query, method, body, host) => {
          const name = namer.name({ host, method, path, query, requestLines: body ?? '' }, body);
          expect(name.length).toBeGreaterThan(0);
          expect(namer.name({ host, method, path, query, requestLines: body ?? '' }, body)).toBeTypeOf('string');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of stored texts that are none is as if there were none', () => {
    for (const text of ['', '{', 'null', '[]', '{"version":2}', '{"version":1,"hosts":{}}'])
      expect(createEndpointNamer(text).name(get('/a'), null)).toBe('GET /a');
  });
});
