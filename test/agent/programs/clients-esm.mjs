// Every client that is built on HTTP/1 in Node, once each; ES modules.
import * as namespace from 'node:http';
import * as secureNamespace from 'node:https';
import { get as namedGet } from 'node:http';
import { get as namedSecureGet } from 'node:https';
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import axios from 'axios';
import got from 'got';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import * as undici from 'undici';
import OpenAI from 'openai';
import { WebSocket as Ws } from 'ws';
import { endToEnd, exchange, saidAll, tell } from './tell.mjs';

const base = process.argv[2];
const secure = base.startsWith('https:');
const http = secure ? secureNamespace : namespace;
const big = Buffer.alloc(3_000_000, 'abcdefg');

await tell('http get', () => exchange(http.get(`${base}/json`)));
await tell('http named import', () => exchange((secure ? namedSecureGet : namedGet)(`${base}/json?named`)));
await tell('http post', () => {
  const request = http.request(`${base}/echo`, { method: 'POST', headers: { 'content-length': big.length } });
  request.end(big);
  return exchange(request);
});
await tell('http chunked post', () => {
  const request = http.request(`${base}/echo`, { method: 'POST' });
  for (let at = 0; at < big.length; at += 100_000) request.write(big.subarray(at, at + 100_000));
  request.end();
  return exchange(request);
});
await tell('http expects continue', () => {
  const request = http.request(`${base}/echo`, { method: 'PUT', headers: { expect: '100-continue' } });
  request.on('continue', () => request.end('now then'));
  request.flushHeaders();
  return exchange(request);
});
await tell('http early hints and trailers', () => exchange(http.get(`${base}/hints`)));
await tell('http head', () => exchange(http.request(`${base}/json`, { method: 'HEAD' }).end()));
await tell('http 204', () => exchange(http.get(`${base}/empty`)));
await tell('http without agent', () => exchange(http.get(`${base}/json`, { agent: false })));
await tell('http close', () => exchange(http.get(`${base}/close`)));
await tell('http large answer', () => exchange(http.get(`${base}/big`)));
await tell('http keep-alive', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const reused = [];
  for (let i = 0; i < 3; i++) {
    const request = http.get(`${base}/json?${i}`, { agent });
    await exchange(request);
    reused.push(request.reusedSocket);
    await new Promise((resolve) => setImmediate(resolve));
  }
  agent.destroy();
  return reused;
});
await tell('fetch', async () => {
  const response = await fetch(`${base}/json`);
  const { status, statusText, redirected } = response;
  return { status, statusText, redirected, twice: response.headers.get('x-twice'), body: await response.json() };
});
await tell('fetch post', async () => (await fetch(`${base}/echo`, { method: 'POST', body: 'a text' })).json());
await tell('fetch stream upload', async () => {
  const body = Readable.toWeb(Readable.from([big.subarray(0, 1_000_000), big.subarray(1_000_000)]));
  return (await fetch(`${base}/echo`, { method: 'POST', body, duplex: 'half' })).json();
});
await tell('fetch redirect', async () => {
  const response = await fetch(`${base}/away`);
  return [response.redirected, response.url.slice(base.length), await response.text()];
});
await tell('fetch gzip', async () => {
  const response = await fetch(`${base}/gzip`);
  return [response.headers.get('content-encoding'), await response.text()];
});
await tell('fetch in parallel', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) => fetch(`${base}/echo`, { method: 'POST', body: `${i}` })),
  );
  const told = await Promise.all(answers.map((answer) => answer.json()));
  return told.map(({ sha }, i) => sha === createHash('sha256').update(`${i}`).digest('hex')).every(Boolean);
});
await tell('axios', async () => {
  const { status, data, headers } = await axios.post(`${base}/echo`, { hello: 1 }, { proxy: false });
  return [status, data, headers['content-length']];
});
await tell('axios 404', () => axios.get(`${base}/nowhere`, { proxy: false }));
await tell('axios fetch adapter', async () => (await axios.get(`${base}/json`, { adapter: 'fetch' })).data);
await tell('got', async () => {
  const { statusCode, body } = await got(`${base}/json`);
  return [statusCode, body];
});
await tell('got stream', async () => {
  let bytes = 0;
  for await (const piece of got.stream(`${base}/big`)) bytes += piece.length;
  return bytes;
});
await tell('node-fetch', async () => {
  const response = await nodeFetch(`${base}/gzip`);
  return [response.status, (await response.text()).length];
});
await tell('superagent', async () => (await superagent.post(`${base}/echo`).send({ a: 1 })).body);
await tell('undici request', async () => {
  const { statusCode, headers, body } = await undici.request(`${base}/json`);
  return [statusCode, headers['x-twice'], await body.json()];
});
await tell('undici fetch', async () => (await undici.fetch(`${base}/json`)).json());
await tell('undici pool, pipelined', async () => {
  const pool = new undici.Pool(base, { pipelining: 5, connections: 1, allowH2: false });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => pool.request({ path: `/json?${i}`, method: 'GET' })),
  );
  const bodies = await Promise.all(answers.map(({ body }) => body.text()));
  await pool.close();
  return bodies;
});
await tell('undici stream', async () => {
  let bytes = 0;
  await undici.stream(`${base}/big`, { method: 'GET' }, () =>
    new PassThrough().on('data', (piece) => (bytes += piece.length)),
  );
  return bytes;
});
await tell('openai', async () => {
  const client = new OpenAI({ apiKey: 'none', baseURL: base, maxRetries: 0 });
  return client.get('/json');
});
const conversation = (socket) =>
  new Promise((resolve, reject) => {
    const heard = [];
    socket.onopen = () => {
      socket.send('one');
      socket.send(new Uint8Array(70_000));
    };
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === 'string' ? data : (data.byteLength ?? data.size ?? data.length));
      if (heard.length === 2) socket.close(1000, 'enough');
    };
    socket.onclose = ({ code }) => resolve([...heard, code]);
    socket.onerror = (event) => reject(event.error ?? new Error(event.message));
  });
await tell('ws', () => conversation(new Ws(`${base.replace('http', 'ws')}/ws`)));
await tell('WebSocket', () => conversation(new WebSocket(`${base.replace('http', 'ws')}/global`)));
await tell('raw headers', async () => {
  const request = http.get(`${base}/json`, {
    headers: ['X-Odd-CASE', '1', 'x-odd-case', '2', 'Host', new URL(base).host],
  });
  const { rawHeaders } = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
  return endToEnd(rawHeaders);
});
saidAll();
