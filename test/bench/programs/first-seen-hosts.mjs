// node first-seen-hosts.mjs '{"proxy":PORT,"port":N,"from":N,"count":N,"at":N,"domain":…}': a TLS handshake with a new host name each time, and one GET.
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';

const job = JSON.parse(process.argv[2]);
let next = job.from;
let failed = 0;

async function one(host) {
  const socket = net.connect(job.proxy, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`CONNECT ${host}:${job.port} HTTP/1.1\r\nHost: ${host}:${job.port}\r\n\r\n`);
  await once(socket, 'data');
  const secure = tls.connect({ socket, servername: host, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  await once(secure, 'secureConnect');
  if (job.get) {
    secure.write(`GET /x.json HTTP/1.1\r\nHost: ${host}:${job.port}\r\nConnection: close\r\n\r\n`);
    for await (const _ of secure);
  }
  secure.destroy();
  socket.destroy();
}

async function work() {
  while (next < job.from + job.count) {
    try {
      await one(`h${next++}.${job.domain}`);
    } catch {
      failed++;
    }
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: job.at }, work));
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, failed }));
