// Calls by fetch, node:http and undici, some aborted, some failed; prints how many, and how far the heap grew.
import { get } from 'node:http';
import * as undici from 'undici';

const [origin = '', count = '1000'] = process.argv.slice(2);
const calls = Number(count);

/** @type {((n: number) => Promise<unknown>)[]} */
const ways = [
  async (n) => (await fetch(`${origin}/json?${n}`)).text(),
  (n) =>
    new Promise((resolve, reject) => {
      get(`${origin}/json?${n}`, (answer) => answer.resume().on('end', resolve)).on('error', reject);
    }),
  async (n) => (await undici.request(`${origin}/echo?${n}`, { method: 'POST', body: 'ahoy' })).body.text(),
  async (n) => (await fetch(`${origin}/cut?${n}`)).text().catch(() => {}),
];

let made = 0;
/** @param {number} until */
async function worker(until) {
  while (made < until) {
    const n = made++;
    await ways[n % 50 === 0 ? 3 : n % 3]?.(n);
  }
}

const heap = () => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
/** @param {number} until */
const run = (until) => Promise.all(Array.from({ length: 10 }, () => worker(until)));

await run(calls / 10);
const before = heap();
await run(calls);
console.log(JSON.stringify({ made, heapGrowth: heap() - before }));
