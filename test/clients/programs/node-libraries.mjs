// HTTP clients of npm, as their documentation shows them: prints what a GET answered. The way to us is not theirs to choose.
const [way, url] = process.argv.slice(2);
const { hostname, port, origin, pathname, protocol } = new URL(url ?? 'http://localhost');

/** @param {(client: typeof import('node:https')) => import('node:http').Agent} make */
async function withAgent(make) {
  const { default: client } = await import(protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const call = client.get(url, { agent: make(client) }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
    });
    call.on('error', reject);
  });
}

const ways = {
  axios: async () =>
    (await (await import('axios')).default.get(url, { responseType: 'text', transformResponse: [] })).data,
  got: async () => (await import('got')).default(url, { retry: { limit: 0 } }).text(),
  'node-fetch': async () => (await (await import('node-fetch')).default(url)).text(),
  'undici request': async () => (await (await import('undici')).request(url)).body.text(),
  'undici fetch': async () => (await (await import('undici')).fetch(url)).text(),
  'undici Pool': async () => {
    const { Pool } = await import('undici');
    const pool = new Pool(origin);
    const text = await (await pool.request({ path: pathname, method: 'GET' })).body.text();
    await pool.close();
    return text;
  },
  'undici Agent': async () => {
    const { Agent, request } = await import('undici');
    return (await request(url, { dispatcher: new Agent() })).body.text();
  },
  superagent: async () => (await (await import('superagent')).default.get(url).buffer(true)).text,
  stripe: async () => {
    const { default: Stripe } = await import('stripe');
    const stripe = new Stripe(['sk', 'test', 'x'.repeat(24)].join('_'), {
      host: hostname,
      port: port || (protocol === 'https:' ? 443 : 80),
      protocol: protocol.slice(0, -1),
      maxNetworkRetries: 0,
    });
    return JSON.stringify(await stripe.rawRequest('GET', pathname));
  },
  'aws-sdk': async () => {
    const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const credentials = { accessKeyId: ['AK', 'IA', 'X'.repeat(16)].join(''), secretAccessKey: 'x'.repeat(40) };
    const client = new STSClient({ region: 'eu-west-1', endpoint: origin, credentials, maxAttempts: 1 });
    return client.send(new GetCallerIdentityCommand({})).then(
      (answer) => JSON.stringify(answer),
      (error) => `answered ${error.$response?.statusCode ?? error.message}`,
    );
  },
  'https agent': () => withAgent(({ Agent }) => new Agent({ keepAlive: true, maxSockets: 4 })),
  'agent without new': () => withAgent(({ Agent }) => Agent()),
  'agent with its own trust': () => withAgent(({ Agent }) => new Agent({ rejectUnauthorized: true })),
  'agent without a proxy': () => withAgent(({ Agent }) => new Agent({ proxyEnv: {} })),
  'agent of its own kind': () => withAgent(({ Agent }) => new (class extends Agent {})({ keepAlive: true })),
  http2: async () => {
    const { connect } = await import('node:http2');
    const session = connect(origin);
    const stream = session.request({ ':path': pathname });
    let text = '';
    for await (const chunk of stream) text += chunk;
    session.close();
    return text;
  },
};

if (way === undefined) console.log(Object.keys(ways).join('\n'));
else {
  process.stdout.write(String(await ways[way]()));
  process.exit();
}
