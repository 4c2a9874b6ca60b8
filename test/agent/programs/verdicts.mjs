// Calls that somebody may say no to.
import http from 'node:http';
import https from 'node:https';
import { exchange, saidAll, tell } from './tell.mjs';

const base = process.argv[2];
const client = base.startsWith('https:') ? https : http;
await tell('before', async () => (await fetch(`${base}/json?before`)).status);
await tell('fetch', async () => {
  const response = await fetch(`${base}/json?blocked`);
  return [response.status, response.headers.get('x-why'), await response.text()];
});
await tell('post', () => {
  const request = client.request(`${base}/echo?blocked`, { method: 'POST' });
  for (let i = 0; i < 50; i++) request.write(Buffer.alloc(100_000));
  request.end();
  return exchange(request);
});
await tell('expects continue', () => {
  const request = client.request(`${base}/echo?blocked`, {
    method: 'PUT',
    headers: { expect: '100-continue', 'content-length': 5 },
  });
  request.on('continue', () => request.end('never'));
  request.flushHeaders();
  return exchange(request);
});
await tell('head', () => exchange(client.request(`${base}/json?blocked`, { method: 'HEAD' }).end()));
await tell('on a kept connection', async () => {
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 });
  const told = [];
  for (const query of ['a', 'blocked', 'b'])
    told.push((await exchange(client.get(`${base}/json?${query}`, { agent }))).statusCode);
  agent.destroy();
  return told;
});
// Its own check of the server: it goes out by itself, and is asked about as well.
await tell('own way', async () => {
  const options = {
    checkServerIdentity: () => undefined,
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  };
  const first = await exchange(client.get(`${base}/json?own`, options));
  const second = await exchange(client.get(`${base}/json?own-blocked`, options));
  return [first.statusCode, second.statusCode, second.body];
});
saidAll();
