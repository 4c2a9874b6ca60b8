// Rule 1 of shared/redaction for the ways in which people and programs write a secret's name and the secret itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../shared/redaction/redactor.ts';

const fingerprint = (secret: string): string => {
  let hash = 7;
  for (let i = 0; i < secret.length; i += 1) hash = (Math.imul(hash, 31) + secret.charCodeAt(i)) >>> 0;
  return hash.toString(16).padStart(8, '0');
};
const redactor = createRedactor({ fingerprint });
const body = (text: string, type: string | null): string => redactor.body(text, type, false);
const JSON_TYPE = 'application/json';
/** Put together here, so that no scanner takes the file for a leak. */
const KEY = ['sk', 'ant', 'api03', 'Zm9vYmFyYmF6cXV4MTIz'].join('-');
const PLANTED = 'pl4nt-1234-value';

function hides(samples: readonly string[], type: string | null): void {
  for (const sample of samples) expect(body(sample, type), sample).not.toMatch(/pl4nt/);
}

describe('YAML', () => {
  const yaml = 'application/yaml';

  it('is masked whatever stands behind the name', () => {
    hides(
      [
        `password: ${PLANTED}`,
        `db:\n  password: ${PLANTED} # the old one\n  host: h`,
        `- name: a\n  client_secret: "${PLANTED}"`,
        `password: two words pl4nt`,
        `apiKey: '${PLANTED}'\r\nb: c`,
        `private_key: |\n  pl4nt line one\n  pl4nt line two\nother: kept`,
        `secrets:\n  - pl4nt-one\n  - pl4nt-two\n`,
        `credentials:\n  user: pl4nt\n  deeper:\n    pass: ${PLANTED}\n`,
        `{password: ${PLANTED}, user: me}`,
      ],
      yaml,
    );
  });

  it('keeps what is around it, comments, and references to secrets that stand elsewhere', () => {
    expect(body(`user: me\npassword: ${PLANTED} # old\nport: 5432\n`, yaml)).toMatch(
      /^user: me\npassword: \*\*\*\w*\(\w+\) # old\nport: 5432\n$/,
    );
    for (const sample of [
      'password: ${DB_PASSWORD}',
      'password: {{ vault.db }}',
      'password: null',
      'token_url: https://a.example/token',
      'secretName: tls-for-shop',
      'passwords_enabled: true',
      'password: !vault x',
      'client_secret:\nnext: value',
    ])
      expect(body(sample, yaml), sample).toBe(sample);
  });

  it('is found in texts of no named type, line by line, and in strings of JSON', () => {
    hides(
      [
        `level: info\npassword: ${PLANTED}\n`,
        `  api_key: ${PLANTED}`,
        JSON.stringify({ file: `a: b\npassword: ${PLANTED}\nc: d` }),
      ],
      'text/plain',
    );
    hides([JSON.stringify({ file: `a: b\npassword: ${PLANTED}\nc: d` })], JSON_TYPE);
  });
});

describe('GraphQL', () => {
  it('arguments in the document are masked, also inside JSON and as block strings', () => {
    const document = `mutation { login(email: "me@example.com", password: "${PLANTED}") { id } }`;
    hides([document, document.replaceAll('"', '"""'), document.replace(': "pl', ':"pl')], 'application/graphql');
    const sent = body(JSON.stringify({ query: document }), JSON_TYPE);
    expect(sent).not.toContain('pl4nt');
    expect((JSON.parse(sent) as { query: string }).query).toMatch(
      /^mutation \{ login\(email: "me@example\.com", password: "\*\*\*/,
    );
  });

  it('variables are no secrets', () => {
    const document = 'mutation ($password: String!) { login(password: $password) { token } }';
    expect(body(document, 'application/graphql')).toBe(document);
  });
});

describe('headers written down in JSON', () => {
  it('are masked as pairs, flat lists and objects, as HAR, logs and collections have them', () => {
    hides(
      [
        `{"headers":[["Host","a"],["Authorization","Bearer ${PLANTED}"]]}`,
        `[["x-api-key", "pl4ntletters"]]`,
        `{"rawHeaders":["Host","a","X-Api-Key","${PLANTED}"]}`,
        `[{"name":"Authorization","value":"Bearer ${PLANTED}"}]`,
        `[{"value":"Bearer ${PLANTED}","name":"Authorization"}]`,
        `[{"key" : "X-Acme-Token", "type": "text", "value" : "${PLANTED}"}]`,
        `[{"name":"Cookie","value":"a=pl4nt; b=pl4nt"}]`,
        `[{"name":"Set-Cookie","value":"sid=${PLANTED}; Path=/","comment":""}]`,
        `[{"name":"DB_PASSWORD","value":"${PLANTED}"}]`,
        `[{"key":"x-api-key","value":{"stringValue":"${PLANTED}"}}]`,
        JSON.stringify({ inner: `[{"name":"Authorization","value":"Bearer ${PLANTED}"}]` }),
      ],
      JSON_TYPE,
    );
  });

  it('stay JSON, and show what headers show', () => {
    const out = body(
      JSON.stringify([
        { name: 'Cookie', value: 'a="x y"; b=2' },
        { name: 'Authorization', value: `Bearer ${PLANTED}` },
      ]),
      JSON_TYPE,
    );
    const [cookie, authorization] = JSON.parse(out) as { value: string }[];
    expect(cookie?.value).toMatch(/^a="\*\*\*\(\w+\)"; b=\*\*\*\(\w+\)$/);
    expect(authorization?.value).toMatch(/^Bearer \*\*\*/);
  });

  it('are not seen in lists of names', () => {
    for (const sample of [
      '{"allowedHeaders":["Authorization","Content-Type"]}',
      '["X-Api-Key","Accept","X-Request-Id"]',
      '{"required":["password","email"]}',
      '{"keywords":["private-key","rfc8017"]}',
      '[{"name":"password","type":"string"},{"name":"email","value":"me@example.com"}]',
      '{"name":"Content-Type","value":"application/json"}',
    ])
      expect(body(sample, JSON_TYPE), sample).toBe(sample);
  });
});

describe('a secret of several parts', () => {
  it('is masked in all its strings; names and numbers stay', () => {
    const out = body(
      JSON.stringify({
        credentials: { user: 'pl4nt', list: ['pl4nt', { x: 'pl4nt' }], port: 5432, on: true },
        after: 'kept',
      }),
      JSON_TYPE,
    );
    expect(out).not.toContain('pl4nt');
    expect(JSON.parse(out)).toMatchObject({
      credentials: { port: 5432, on: true, list: [expect.any(String), { x: expect.any(String) }] },
      after: 'kept',
    });
  });

  it('keeps the names of cookies, as HAR lists them', () => {
    const out = body(JSON.stringify({ cookies: [{ name: 'sid', value: PLANTED, path: '/shop' }] }), JSON_TYPE);
    expect(out).toContain('"sid"');
    expect(out).toContain('"/shop"');
    expect(out).not.toContain('pl4nt');
  });
});

describe('UTF-16', () => {
  const wide = (text: string, order: 'le' | 'be', mark: boolean): string => {
    const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
    return (order === 'le' ? bytes : bytes.swap16()).toString('latin1');
  };
  const read = (bytes: string, order: 'le' | 'be'): string => {
    const buffer = Buffer.from(bytes, 'latin1');
    return (order === 'le' ? buffer : buffer.swap16()).toString('utf16le');
  };

  it('is masked as the same text in UTF-8 is, and stays UTF-16', () => {
    for (const order of ['le', 'be'] as const) {
      const text = `{"note":"Grüße 😀","password":"${PLANTED}"}`;
      const plain = body(Buffer.from(text).toString('latin1'), JSON_TYPE);
      const out = read(body(wide(text, order, true), JSON_TYPE), order);
      expect(out).toBe(`\ufeff${Buffer.from(plain, 'latin1').toString()}`);
      expect(read(body(wide(text, order, false), `text/plain; charset=utf-16${order}`), order)).not.toContain('pl4nt');
    }
  });

  it('without secrets comes back byte for byte (rule 3)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('le', 'be'), fc.boolean(), (text, order, odd) => {
        const bytes = wide(text, order, true) + (odd ? 'x' : '');
        fc.pre(!/secret|pass|key|token|[=:]/i.test(text));
        expect(body(bytes, 'text/plain')).toBe(bytes);
      }),
    );
  });
});

describe('base64', () => {
  it('of a text with a secret is masked inside, in both alphabets, and decodes', () => {
    for (const coding of ['base64', 'base64url'] as const) {
      const inner = Buffer.from(JSON.stringify({ user: 'me?>', password: PLANTED, note: '~~~ÿÿÿ' })).toString(coding);
      const out = body(JSON.stringify({ file: `data:application/json;base64,${inner}`, id: 7 }), JSON_TYPE);
      const { file } = JSON.parse(out) as { file: string };
      const decoded = Buffer.from(file.slice(file.indexOf(',') + 1), coding).toString();
      expect(JSON.parse(decoded)).toEqual({ user: 'me?>', password: expect.stringMatching(/^\*\*\*/), note: '~~~ÿÿÿ' });
    }
    const found = body(Buffer.from(`here is a key for you: ${KEY}`).toString('base64'), 'text/plain');
    expect(Buffer.from(found, 'base64').toString()).toMatch(/^here is a key for you: sk-ant-\*\*\*/);
  });

  it('of Basic credentials is masked in any text', () => {
    expect(body(`curl -H "authorization: Basic ${btoa('me:pl4nt')}"`, 'text/plain')).not.toContain(btoa('me:pl4nt'));
    const prose = 'Basic authentication is used; see Basic concepts.';
    expect(body(prose, 'text/plain')).toBe(prose);
  });

  it('of anything else stays (rule 3)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 400 }), (bytes) => {
        const text = JSON.stringify({ data: Buffer.from(bytes).toString('base64') });
        expect(body(text, JSON_TYPE)).toBe(text);
      }),
    );
  });
});

describe('a planted secret', () => {
  const secrets = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019_'), minLength: 4, maxLength: 40 })
    .map((rest) => `pl4nt${rest}`);
  const words = fc.string({ unit: fc.constantFrom(...'abc XYZ:-,.{}[]()\n'), maxLength: 30 });

  it('comes out of none of these ways, whatever stands around it (rule 1), and its mask stays (rule 2)', () => {
    const ways: ((secret: string) => [text: string, type: string])[] = [
      (secret) => [`a: b\npassword: ${secret}\n`, 'text/yaml'],
      (secret) => [JSON.stringify({ query: `{ login(password: "${secret}") }` }), JSON_TYPE],
      (secret) => [JSON.stringify([['Authorization', `Bearer ${secret}`]]), JSON_TYPE],
      (secret) => [JSON.stringify({ name: 'X-Api-Key', value: secret }), JSON_TYPE],
      (secret) => [JSON.stringify({ value: secret, name: 'X-Api-Key' }), JSON_TYPE],
      (secret) => [JSON.stringify({ secret: { a: [secret] } }), JSON_TYPE],
      (secret) => [
        Buffer.from(JSON.stringify({ password: secret, more: 'more text here' })).toString('base64'),
        'text/plain',
      ],
    ];
    fc.assert(
      fc.property(secrets, words, words, fc.constantFrom(...ways), (secret, before, after, way) => {
        const [text, type] = way(secret);
        const whole = `${before}\n${text}\n${after}`;
        const once = body(whole, type);
        expect(once).not.toContain(secret);
        for (const line of once.split('\n')) expect(Buffer.from(line, 'base64').toString()).not.toContain(secret);
        expect(body(once, type)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });
});
