// Ends when there is nothing left to do; a connection that is kept for later must not hold it.
import http from 'node:http';
import https from 'node:https';
import * as undici from 'undici';
import { exchange } from './tell.mjs';

const base = process.argv[2];
await exchange((base.startsWith('https:') ? https : http).get(`${base}/json`));
await (await fetch(`${base}/json`)).text();
await (await undici.request(`${base}/json`)).body.text();
process.stdout.write('{"ended":true}');
setTimeout(() => process.stdout.write(' and still here'), 1500).unref();
