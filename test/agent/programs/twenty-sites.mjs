// 1,000 calls from 20 places, all under way at once; each says in its query which place it was made at.
import { get } from 'node:http';
import * as undici from 'undici';
import axios from 'axios';

const origin = process.argv[2] ?? '';

/** @param {string} url @returns {Promise<unknown>} */
const byHttp = (url) =>
  new Promise((resolve, reject) => {
    get(url, (answer) => answer.resume().on('end', resolve)).on('error', reject);
  });

/** @type {((path: string) => Promise<unknown>)[]} */
const sites = [
  async (path) => (await fetch(`${origin}${path}&line=16`)).text(),
  async (path) => (await fetch(`${origin}${path}&line=17`)).text(),
  async (path) => (await fetch(`${origin}${path}&line=18`)).text(),
  async (path) => (await fetch(`${origin}${path}&line=19`)).text(),
  async (path) => (await fetch(`${origin}${path}&line=20`)).text(),
  (path) => byHttp(`${origin}${path}&line=21`),
  (path) => byHttp(`${origin}${path}&line=22`),
  (path) => byHttp(`${origin}${path}&line=23`),
  (path) => byHttp(`${origin}${path}&line=24`),
  (path) => byHttp(`${origin}${path}&line=25`),
  async (path) => (await undici.request(`${origin}${path}&line=26`)).body.text(),
  async (path) => (await undici.request(`${origin}${path}&line=27`)).body.text(),
  async (path) => (await undici.request(`${origin}${path}&line=28`)).body.text(),
  async (path) => (await undici.request(`${origin}${path}&line=29`)).body.text(),
  async (path) => (await undici.request(`${origin}${path}&line=30`)).body.text(),
  async (path) => (await axios.get(`${origin}${path}&line=31`)).data,
  async (path) => (await axios.get(`${origin}${path}&line=32`)).data,
  async (path) => (await axios.get(`${origin}${path}&line=33`)).data,
  async (path) => (await axios.get(`${origin}${path}&line=34`)).data,
  async (path) => (await axios.get(`${origin}${path}&line=35`)).data,
];

/** @type {Promise<unknown>[]} */
const calls = [];
for (let round = 0; round < 50; round++) {
  for (const site of sites) calls.push(site(`/json?round=${round}`));
  // They get in between each other, and not all start in the same turn.
  if (round % 10 === 9) await calls[round * 3];
}
await Promise.all(calls);
