// node event-client.mjs '{"proxy":PORT|null,"host":…,"port":N,"tls":bool,"path":…}': prints, in µs, the time to the first byte and the lag of each event.
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';

const job = JSON.parse(process.argv[2]);
let socket = net.connect(job.proxy ?? job.port, '127.0.0.1');
socket.setNoDelay(true);
await once(socket, 'connect');
if (job.tls) {
  if (job.proxy !== null) {
    socket.write(`CONNECT ${job.host}:${job.port} HTTP/1.1\r\nHost: ${job.host}:${job.port}\r\n\r\n`);
    await once(socket, 'data');
  }
  socket = tls.connect({ socket, servername: job.host, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
}
const target = job.proxy !== null && !job.tls ? `http://${job.host}:${job.port}${job.path}` : job.path;
// One request before, so that connections to the origin are there and only the stream is measured.
socket.write(
  `POST ${target.replace(/\/events.*/, '/up')} HTTP/1.1\r\nHost: ${job.host}:${job.port}\r\nContent-Length: 0\r\n\r\n`,
);
await once(socket, 'data');
const asked = performance.now();
socket.write(
  `GET ${target} HTTP/1.1\r\nHost: ${job.host}:${job.port}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n`,
);
let first = null;
const lags = [];
socket.on('data', (chunk) => {
  const now = performance.timeOrigin + performance.now();
  first ??= Math.round((performance.now() - asked) * 1000);
  for (const [, sent] of chunk.latin1Slice().matchAll(/data: ([\d.]+)/g))
    lags.push(Math.round((now - Number(sent)) * 1000));
});
await once(socket, 'end');
console.log(JSON.stringify({ first, lags }));
process.exit(0);
