import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BENCH_DOMAIN, isInstalled, type Place } from './place.ts';

/** Where the load goes. `plain` and `tls` are ports on the loopback address. */
export interface BenchOrigin {
  plain: number;
  tls: number;
}

/** 1.45 kB of JSON, as a small API answers. */
const ANSWER = JSON.stringify({
  items: Array.from({ length: 16 }, (_, id) => ({
    id,
    name: `item number ${id}`,
    price: id * 1.25,
    tags: ['alpha', 'beta', 'gamma'],
    at: '2026-11-23T10:00:00Z',
  })),
}).padEnd(1450);

/** nginx with the small answer at /x.json, plain and over TLS. */
export async function startNginx(place: Place): Promise<BenchOrigin> {
  if (!isInstalled('nginx'))
    throw new Error('nginx is not installed; it is the origin of P1 to P4 (apt-get install nginx)');
  const room = place.room('nginx');
  const [plain, tls] = [await place.freePort(), await place.freePort()];
  for (const host of ['localhost', `*.${BENCH_DOMAIN}`]) {
    const { cert, key } = place.ca.server(host);
    writeFileSync(join(room, `${host}.pem`), cert);
    writeFileSync(join(room, `${host}-key.pem`), key);
  }
  writeFileSync(join(room, 'x.json'), ANSWER);
  const conf = join(room, 'nginx.conf');
  writeFileSync(
    conf,
    `daemon off; worker_processes 1; pid ${room}/pid; error_log ${room}/error.log;
    events { worker_connections 8192; }
    http {
      access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; keepalive_timeout 300s;
      default_type application/json;
      ssl_session_cache shared:s:8m;
      client_body_temp_path ${room}/t1; proxy_temp_path ${room}/t2; fastcgi_temp_path ${room}/t3; uwsgi_temp_path ${room}/t4; scgi_temp_path ${room}/t5;
      server { listen 127.0.0.1:${plain} backlog=8192; listen 127.0.0.1:${tls} ssl backlog=8192; root ${room}; ssl_certificate ${room}/localhost.pem; ssl_certificate_key ${room}/localhost-key.pem; }
      server { listen 127.0.0.1:${plain}; listen 127.0.0.1:${tls} ssl; server_name *.${BENCH_DOMAIN}; root ${room}; ssl_certificate "${room}/*.${BENCH_DOMAIN}.pem"; ssl_certificate_key "${room}/*.${BENCH_DOMAIN}-key.pem"; }
    }`,
  );
  const child = place.start('nginx', ['-c', conf, '-p', room]);
  await place.listening(tls, child, 'nginx');
  place.originPorts.push(plain, tls);
  return { plain, tls };
}

/** A Node origin for what nginx cannot do: counted uploads, gigabytes of nothing, events with their time in them. */
export async function startNodeOrigin(place: Place): Promise<BenchOrigin> {
  const room = place.room('node-origin');
  const { cert, key } = place.ca.server(`*.${BENCH_DOMAIN}`);
  writeFileSync(join(room, 'cert.pem'), cert);
  writeFileSync(join(room, 'key.pem'), key);
  const [plain, tls] = [await place.freePort(), await place.freePort()];
  const child = place.start(process.execPath, [
    fileURLToPath(new URL('./programs/origin.mjs', import.meta.url)),
    String(plain),
    String(tls),
    room,
  ]);
  await place.listening(tls, child, 'the node origin');
  place.originPorts.push(plain, tls);
  return { plain, tls };
}
