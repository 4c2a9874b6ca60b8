import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isInstalled, type Place } from './place.ts';

/** A proxy under load: ours or a peer. */
export interface RunningProxy {
  name: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

export interface ProxyKind {
  name: string;
  /** What it keeps of the calls, for the table. */
  records: string;
  /** Null when it can run here, else why not. */
  missing(): string | null;
  start(place: Place, name?: string): Promise<RunningProxy>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const PEERS = { mockttp: '4.6.5', 'http-mitm-proxy': '1.1.0' };
/** Peers from npm live outside the repository; `bench --install-peers` fills this folder. */
const peerFolder = process.env['SALLYPORT_BENCH_PEERS'] ?? join(homedir(), '.cache', 'sallyport-bench-peers');

export function installPeers(): void {
  mkdirSync(peerFolder, { recursive: true });
  writeFileSync(join(peerFolder, 'package.json'), '{ "private": true }\n');
  const wanted = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
  spawnSync('npm', ['install', '--no-audit', '--no-fund', ...wanted], { cwd: peerFolder, stdio: 'inherit' });
}

/** The real `serve` process from the build, with everything on. */
export const sallyport: ProxyKind = {
  name: 'Sallyport',
  records: 'everything',
  missing: () => (existsSync(join(root, 'dist', 'cli.mjs')) ? null : 'not built (npm run build)'),
  async start(place, name = 'sallyport') {
    const room = place.room(name);
    const ready = join(room, 'ready.json');
    const child = place.start(process.execPath, serveArguments(place, join(room, 'data'), ready), {
      cwd: root,
      env: quietEnvironment(),
    });
    const { proxy } = await waitForReady(ready, child);
    return running(this.name, Number(new URL(proxy).port), child);
  },
};

export function serveArguments(place: Place, dataDir: string, ready: string): string[] {
  return [
    join(root, 'dist', 'cli.mjs'),
    'serve',
    '--data',
    dataDir,
    '--proxy-port',
    '0',
    '--workspace-port',
    '0',
    '--ready-file',
    ready,
    '--upstream-ca',
    place.caFile,
    // Whatever the host is called, these ports are on this machine.
    ...place.originPorts.flatMap((port) => ['--connect-to', `:${port}=127.0.0.1:${port}`]),
  ];
}

/** No chained proxy, whatever the machine's own environment says. */
export function quietEnvironment(): Record<string, string> {
  return Object.fromEntries(
    ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].map((name) => [name, '']),
  );
}

export async function waitForReady(
  file: string,
  child: { exitCode: number | null },
): Promise<{ proxy: string; pid: number; workspace: string; token: string }> {
  for (let i = 0; i < 1000; i++) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}`);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Awaited<ReturnType<typeof waitForReady>>;
    } catch {
      await pause(10);
    }
  }
  throw new Error('serve did not become ready');
}

const squid: ProxyKind = {
  name: 'squid, ssl-bump, no cache',
  records: 'access log',
  missing() {
    if (!isInstalled('squid')) return 'peer not installed';
    return /--with-openssl/.test(spawnSync('squid', ['-v'], { encoding: 'utf8' }).stdout)
      ? null
      : 'peer installed without ssl-bump';
  },
  async start(place) {
    const room = place.room('squid');
    const port = await place.freePort();
    writeCa(room);
    const certgen =
      [
        '/usr/lib/squid/security_file_certgen',
        '/usr/libexec/squid/security_file_certgen',
        '/usr/lib64/squid/security_file_certgen',
      ].find((path) => existsSync(path)) ?? '';
    spawnSync(certgen, ['-c', '-s', join(room, 'ssl_db'), '-M', '16MB']);
    spawnSync('chmod', ['-R', '777', room]);
    writeFileSync(
      join(room, 'squid.conf'),
      `http_port 127.0.0.1:${port} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=16MB tls-cert=${room}/ca.pem tls-key=${room}/ca-key.pem
sslcrtd_program ${certgen} -s ${room}/ssl_db -M 16MB
sslcrtd_children 4
ssl_bump bump all
sslproxy_cert_error allow all
tls_outgoing_options flags=DONT_VERIFY_PEER
http_access allow all
cache deny all
max_filedescriptors 16384
access_log stdio:${room}/access.log
cache_log ${room}/cache.log
pid_filename ${room}/pid
coredump_dir ${room}
host_verify_strict off
shutdown_lifetime 1 seconds
`,
    );
    const child = place.start('squid', ['-N', '-f', join(room, 'squid.conf')]);
    await place.listening(port, child, 'squid');
    return running(this.name, port, child);
  },
};

const mitmdump: ProxyKind = {
  name: 'mitmdump, writing a flow file',
  records: 'flow file',
  missing: () => (isInstalled('mitmdump') ? null : 'peer not installed'),
  async start(place) {
    const room = place.room('mitmdump');
    const port = await place.freePort();
    const child = place.start('mitmdump', [
      '-q',
      '--listen-host',
      '127.0.0.1',
      '-p',
      String(port),
      '--ssl-insecure',
      '--set',
      `confdir=${room}`,
      '-w',
      join(room, 'flows'),
    ]);
    await place.listening(port, child, 'mitmdump');
    return running(this.name, port, child);
  },
};

function npmPeer(name: string, module: keyof typeof PEERS, records: string, program: string): ProxyKind {
  return {
    name: `${name} ${PEERS[module]}`,
    records,
    missing: () =>
      existsSync(join(peerFolder, 'node_modules', module)) ? null : 'peer not installed (bench --install-peers)',
    async start(place) {
      const room = place.room(module);
      const port = await place.freePort();
      writeCa(room);
      const child = place.start(process.execPath, ['--input-type=module', '-e', program, String(port), room], {
        cwd: peerFolder,
        env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
      });
      await place.listening(port, child, name);
      return running(this.name, port, child);
    },
  };
}

const mockttp = npmPeer(
  'mockttp',
  'mockttp',
  'events, in memory',
  `
  import { readFileSync } from 'node:fs';
  import * as mockttp from 'mockttp';
  const [port, room] = process.argv.slice(1);
  const server = mockttp.getLocal({ https: { cert: readFileSync(room + '/ca.pem', 'utf8'), key: readFileSync(room + '/ca-key.pem', 'utf8') }, recordTraffic: false });
  await server.forAnyRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
  await server.on('request', () => {});
  await server.on('response', () => {});
  await server.start(Number(port));
`,
);

const httpMitmProxy = npmPeer(
  'http-mitm-proxy',
  'http-mitm-proxy',
  'nothing',
  `
  import { Proxy } from 'http-mitm-proxy';
  const [port, room] = process.argv.slice(1);
  const proxy = new Proxy();
  proxy.onError(() => {});
  proxy.listen({ host: '127.0.0.1', port: Number(port), sslCaDir: room + '/certificates', keepAlive: true });
`,
);

/** Side by side in every run, in this order. */
export const PROXIES: readonly ProxyKind[] = [sallyport, squid, mockttp, httpMitmProxy, mitmdump];

/** A CA for a peer. mockttp reads RSA keys only, so all peers get one of those, made by openssl. */
function writeCa(room: string): void {
  spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '30',
    '-subj',
    '/CN=Bench peer/O=Bench',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-keyout',
    join(room, 'ca-key.pem'),
    '-out',
    join(room, 'ca.pem'),
  ]);
}

function running(name: string, port: number, child: ReturnType<Place['start']>): RunningProxy {
  return {
    name,
    port,
    pid: child.pid,
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      child.kill('SIGTERM');
      await gone;
    },
  };
}
