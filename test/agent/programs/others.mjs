// Clients and connections that govern mode must leave alone, or govern without carrying them.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import got from 'got';
import * as grpc from '@grpc/grpc-js';
import * as undici from 'undici';
import { exchange, saidAll, tell } from './tell.mjs';

const { h2, h2c, secure, plain, rpc, database, unix, fingerprint, worker } = JSON.parse(process.argv[2]);

const overHttp2 = (url, options) =>
  new Promise((resolve, reject) => {
    const session = http2.connect(url, options);
    session.on('error', reject);
    const stream = session.request({ ':path': '/over-h2' });
    let body = '';
    stream.setEncoding('utf8').on('data', (text) => (body += text));
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve([session.alpnProtocol, body]);
    });
    stream.end();
  });
await tell('http2', () => overHttp2(h2));
await tell('h2c', () => overHttp2(h2c));
await tell('undici that may speak h2', async () => {
  const agent = new undici.Agent({ allowH2: true });
  const answers = [];
  for (const base of [h2, secure]) {
    const { statusCode, body } = await undici.request(`${base}/json`, { dispatcher: agent });
    answers.push([statusCode, await body.text()]);
  }
  await agent.close();
  return answers;
});
await tell('fetch over an agent that may speak h2', async () => {
  const agent = new undici.Agent({ allowH2: true });
  const response = await undici.fetch(`${h2}/fetched`, { dispatcher: agent });
  return [response.status, await response.text()];
});
await tell('got that may speak h2', async () => {
  const { statusCode, body, request } = await got(`${h2}/got`, { http2: true });
  return [statusCode, body, request.response?.httpVersion];
});
await tell(
  'gRPC',
  () =>
    new Promise((resolve, reject) => {
      const Client = grpc.makeGenericClientConstructor(
        {
          say: {
            path: '/echo.Echo/Say',
            requestStream: false,
            responseStream: false,
            requestSerialize: (x) => x,
            requestDeserialize: (x) => x,
            responseSerialize: (x) => x,
            responseDeserialize: (x) => x,
          },
        },
        'Echo',
      );
      const client = new Client(rpc, grpc.credentials.createInsecure());
      client.say(Buffer.from('hello'), (error, answer) => {
        client.close();
        if (error) reject(error);
        else resolve(answer.toString());
      });
    }),
);
await tell(
  'a server that speaks first',
  () =>
    new Promise((resolve, reject) => {
      const socket = net.connect(database, '127.0.0.1');
      socket.on('error', reject);
      socket.once('data', (greeting) => {
        socket.write('login\n');
        socket.once('data', (answer) => {
          socket.end();
          resolve([greeting.toString(), answer.toString(), socket.remotePort === database]);
        });
      });
    }),
);
await tell(
  'HTTP by hand',
  () =>
    new Promise((resolve, reject) => {
      const { port } = new URL(plain);
      const socket = net.connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /json?hand HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      );
      let text = '';
      socket.setEncoding('latin1').on('data', (piece) => (text += piece));
      socket.on('error', reject).on('end', () => resolve(text.split('\r\n')[0]));
    }),
);
await tell('Unix socket', () => exchange(http.get({ socketPath: unix, path: '/by-file' })));
await tell('pinned certificate', async () => {
  const seen = [];
  const checkServerIdentity = (_host, certificate) => {
    seen.push(certificate.fingerprint256 === fingerprint);
  };
  const request = https.get(`${secure}/json?pinned`, { checkServerIdentity });
  const { statusCode } = await exchange(request);
  return [statusCode, ...seen];
});
await tell('peer certificate', async () => {
  const request = https.get(`${secure}/json?peer`, {
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  const response = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
  const { socket } = response;
  const said = [
    socket.authorized,
    socket.getPeerCertificate().fingerprint256 === fingerprint,
    socket.remoteAddress,
    String(socket.remotePort) === new URL(secure).port,
  ];
  response.resume();
  return said;
});
await tell('addresses are watched', async () => {
  const request = http.get(`${plain}/json?watched`);
  const addresses = [];
  request.on('socket', (socket) => socket.on('lookup', (_error, address) => addresses.push(address)));
  await exchange(request);
  // The same connection, once more.
  const again = http.get(`${plain}/json?watched-again`);
  const { statusCode } = await exchange(again);
  return [addresses.includes('127.0.0.1'), statusCode, again.reusedSocket];
});
await tell(
  'checks switched off',
  async () => (await exchange(https.get(`${secure}/json?off`, { rejectUnauthorized: false }))).statusCode,
);
await tell(
  'TLS by hand',
  () =>
    new Promise((resolve, reject) => {
      const { port } = new URL(secure);
      const socket = tls.connect({ port: Number(port), host: 'localhost', servername: 'localhost' }, () => {
        resolve([socket.authorized, socket.getPeerCertificate().fingerprint256 === fingerprint]);
        socket.end();
      });
      socket.on('error', reject);
    }),
);
await tell(
  'Host of another name',
  async () => (await exchange(http.get(`${plain}/json?host`, { headers: { host: 'virtual.example' } }))).statusCode,
);
await tell(
  'worker',
  () =>
    new Promise((resolve, reject) => {
      const thread = new Worker(new URL(worker), { argv: [plain] });
      thread.on('message', resolve).on('error', reject);
    }),
);
await tell('leaves by itself', () => 'yes');
saidAll();
