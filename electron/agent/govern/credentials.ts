import { LINK_ENV } from '../../../shared/agent/link.ts';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/**
 * The line with which this program shows the proxy who it is: the credentials that it was given for it, else the app's
 * name and the run's id. '' when it was given neither.
 */
export function createCredentials(env: NodeJS.ProcessEnv): (proxyPorts: readonly number[]) => string {
  let ports = '';
  let line = '';
  return (proxyPorts) => {
    const now = proxyPorts.join();
    if (now !== ports) {
      ports = now;
      const pair = givenFor(env, proxyPorts) ?? namesIn(env);
      line = pair === null ? '' : `Proxy-Authorization: Basic ${Buffer.from(pair, 'utf8').toString('base64')}\r\n`;
    }
    return line;
  };
}

/** Ports of the proxies on this machine that the environment names: ours among them, before the engine has said so. */
export function portsIn(env: NodeJS.ProcessEnv): number[] {
  return VARIABLES.map((name) => URL.parse(env[name] ?? ''))
    .filter((url) => url !== null && isLoopback(url.hostname))
    .map((url) => Number(url!.port));
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}

function givenFor(env: NodeJS.ProcessEnv, proxyPorts: readonly number[]): string | null {
  for (const name of VARIABLES) {
    const url = URL.parse(env[name] ?? '');
    if (url === null || url.username === '' || !proxyPorts.includes(Number(url.port))) continue;
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  }
  return null;
}

function namesIn(env: NodeJS.ProcessEnv): string | null {
  const app = env[LINK_ENV.app] ?? '';
  const run = env[LINK_ENV.run] ?? '';
  if (app === '' && run === '') return null;
  return `${app}:${run === '' ? '' : run.startsWith('run-') ? run : `run-${run}`}`;
}
