// Calls through a proxy, each client in its own way of using one. argv: way, proxy.
import * as http from 'node:http';
import * as https from 'node:https';
import http2 from 'node:http2';
import { connect as connectTls } from 'node:tls';
import axios from 'axios';
import * as undici from 'undici';

const [way = '', proxy = ''] = process.argv.slice(2);
const origins = ['http://vendor.test', 'https://vendor.test'];

/** @param {(url: string) => Promise<unknown>} get */
async function each(get) {
  for (const origin of origins) {
    for (const path of ['/a?1', '/b', '/c']) await get(origin + path);
    await Promise.all(['/d', '/e', '/f'].map((path) => get(origin + path)));
  }
}

/** @param {any} client @param {object} [options] @returns {(url: string) => Promise<unknown>} */
const getting = (client, options) => (url) =>
  new Promise((resolve, reject) => {
    const { get } = client[url.startsWith('https:') ? 'https' : 'http'];
    get(url, options ?? {}, (/** @type {any} */ answer) => answer.resume().on('end', resolve)).on('error', reject);
  });

switch (way) {
  case 'fetch':
    await each((url) => fetch(url).then((answer) => answer.text()));
    break;
  case 'http':
    await each(getting({ http, https }));
    break;
  case 'axios':
    await each((url) => axios.get(url));
    break;
  case 'undici':
  case 'undici-h2':
  case 'undici-env': {
    const dispatcher =
      way === 'undici-env'
        ? new undici.EnvHttpProxyAgent()
        : new undici.ProxyAgent({ uri: proxy, allowH2: way === 'undici-h2' });
    await each(async (url) => (await undici.request(url, { dispatcher })).body.text());
    await dispatcher.close();
    break;
  }
  case 'tunnel-by-hand': {
    const { port, hostname } = new URL(proxy);
    const request = http.request({ host: hostname, port, method: 'CONNECT', path: 'vendor.test:443' });
    request.end();
    const socket = await new Promise((resolve) => request.on('connect', (_, it) => resolve(it)));
    const session = http2.connect('https://vendor.test', {
      createConnection: () => connectTls({ socket, servername: 'vendor.test', ALPNProtocols: ['h2'] }),
    });
    await Promise.all(
      ['/a', '/b', '/c'].map(
        (path) =>
          new Promise((resolve, reject) => {
            session.request({ ':path': path }).on('error', reject).on('end', resolve).resume().end();
          }),
      ),
    );
    session.close();
    break;
  }
  default:
    throw new Error(`no way ${way}`);
}
