// Calls that cannot succeed: arguments are addresses that fail, by name.
import http from 'node:http';
import https from 'node:https';
import * as undici from 'undici';
import axios from 'axios';
import { exchange, saidAll, tell } from './tell.mjs';

for (const [name, url] of JSON.parse(process.argv[2])) {
  const client = url.startsWith('https:') ? https : http;
  await tell(`${name}: http`, () => exchange(client.get(url)));
  await tell(`${name}: fetch`, async () => (await fetch(url)).text());
  await tell(`${name}: undici`, async () => (await undici.request(url)).body.text());
  await tell(`${name}: axios`, async () => (await axios.get(url, { proxy: false })).status);
}
saidAll();
