// CommonJS programs take their clients with `require`, often before anything else runs.
const { request, get } = require('node:http');
const secure = require('https');
const axios = require('axios');
const superagent = require('superagent');
const undici = require('undici');
const base = process.argv[2];

void (async () => {
  const { exchange, saidAll, tell } = await import('./tell.mjs');
  const isSecure = base.startsWith('https:');
  await tell('destructured get', () => exchange((isSecure ? secure.get : get)(`${base}/json`)));
  await tell('destructured request', () =>
    exchange((isSecure ? secure.request : request)(`${base}/echo`, { method: 'POST' }).end('from cjs')),
  );
  await tell('axios', async () => (await axios.get(`${base}/json`, { proxy: false })).data);
  await tell('superagent', async () => (await superagent.get(`${base}/json`)).body);
  await tell('undici', async () => (await undici.request(`${base}/json`)).body.json());
  await tell('fetch', async () => (await fetch(`${base}/json`)).json());
  saidAll();
})();
