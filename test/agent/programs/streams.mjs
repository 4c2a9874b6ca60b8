// Pieces in the order of two calls that wait for each other: what is held back anywhere shows as a hang.
import http from 'node:http';
import https from 'node:https';
import { setImmediate as turn } from 'node:timers/promises';
import * as undici from 'undici';
import { saidAll, tell } from './tell.mjs';

const base = process.argv[2];
const client = base.startsWith('https:') ? https : http;
const say = async (word) => (await fetch(`${base}/word?${word}`)).text();

await tell('fetch, event by event', async () => {
  const response = await fetch(`${base}/sse`);
  const heard = [];
  let next = 1;
  for await (const piece of response.body) {
    heard.push(Buffer.from(piece).toString());
    await say(next < 5 ? String(next++) : 'end');
  }
  return heard;
});
await tell('http, event by event', async () => {
  const response = await new Promise((resolve, reject) => client.get(`${base}/sse`, resolve).on('error', reject));
  const heard = [];
  let next = 1;
  for await (const piece of response) {
    heard.push(piece.toString());
    await say(next < 5 ? String(next++) : 'end');
  }
  return heard;
});
await tell('abort fetch while it waits for events', async () => {
  const controller = new AbortController();
  const response = await fetch(`${base}/sse`, { signal: controller.signal });
  const reader = response.body.getReader();
  const first = Buffer.from((await reader.read()).value).toString();
  const second = reader.read().catch((error) => error.name);
  controller.abort();
  return [first, await second];
});
await tell('destroy http while it waits for events', async () => {
  const request = client.get(`${base}/sse`);
  const response = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
  await new Promise((resolve) => response.once('data', resolve));
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.on('error', () => {});
  request.destroy();
  await closed;
  return [response.complete, request.destroyed];
});
await tell('abort before anything has come', async () => {
  const controller = new AbortController();
  const call = fetch(`${base}/never`, { signal: controller.signal }).catch((error) => error.name);
  await turn();
  controller.abort();
  return call;
});
await tell('time limit', () => fetch(`${base}/never`, { signal: AbortSignal.timeout(300) }));
await tell('http time limit', async () => {
  const request = client.get(`${base}/never`, { timeout: 200 });
  request.on('timeout', () => request.destroy(new Error('too slow')));
  return new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
});
await tell('undici abort', async () => {
  const controller = new AbortController();
  const { body } = await undici.request(`${base}/sse`, { signal: controller.signal });
  const read = body.text().catch((error) => error.name);
  controller.abort();
  return read;
});
await tell('slow reader', async () => {
  // The writer is stopped by a reader that does not read, and goes on when it does.
  const response = await new Promise((resolve, reject) => client.get(`${base}/big`, resolve).on('error', reject));
  for (let i = 0; i < 50; i++) await turn();
  let bytes = 0;
  for await (const piece of response) bytes += piece.length;
  return bytes;
});
saidAll();
