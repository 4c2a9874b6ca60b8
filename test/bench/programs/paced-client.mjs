// node paced-client.mjs '{"proxy":PORT|null,"host":…,"port":N,"tls":bool,"rate":N,"seconds":N,"sockets":N,"path":…}'
// Sends at a steady rate whatever the answers do, and prints latencies in µs as JSON. Counted from when a
// request was due, so that a stall counts for every request that it held up.
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';

const job = JSON.parse(process.argv[2]);

async function open() {
  const socket = net.connect(job.proxy ?? job.port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  if (!job.tls) return socket;
  if (job.proxy !== null) {
    socket.write(`CONNECT ${job.host}:${job.port} HTTP/1.1\r\nHost: ${job.host}:${job.port}\r\n\r\n`);
    await once(socket, 'data');
  }
  const secure = tls.connect({ socket, servername: job.host, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
  await once(secure, 'secureConnect');
  return secure;
}

const target = job.proxy !== null && !job.tls ? `http://${job.host}:${job.port}${job.path}` : job.path;
const request = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${job.host}:${job.port}\r\nUser-Agent: paced\r\n\r\n`);
const free = [];
const due = [];
const latencies = [];

function take(socket) {
  const since = due.shift();
  if (since === undefined) {
    free.push(socket);
    return;
  }
  socket.since = since;
  socket.left = -1;
  socket.write(request);
}

for (let i = 0; i < job.sockets; i++) {
  const socket = await open();
  socket.on('data', (chunk) => {
    if (socket.left < 0) {
      const head = chunk.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(chunk.latin1Slice(0, head))[1]);
      socket.left = length + head + 4;
    }
    socket.left -= chunk.length;
    if (socket.left > 0) return;
    latencies.push(Math.round((performance.now() - socket.since) * 1000));
    take(socket);
  });
  free.push(socket);
}

const started = performance.now();
const every = 1000 / job.rate;
let sent = 0;
const total = job.rate * job.seconds;
const timer = setInterval(() => {
  const now = performance.now();
  while (sent < total && started + sent * every <= now) {
    due.push(performance.now());
    sent++;
    const socket = free.pop();
    if (socket) take(socket);
  }
  if (sent >= total && latencies.length >= total) {
    clearInterval(timer);
    console.log(JSON.stringify(latencies));
    process.exit(0);
  }
}, 1);
setTimeout(
  () => {
    console.log(JSON.stringify(latencies));
    process.exit(1);
  },
  (job.seconds + 20) * 1000,
).unref();
