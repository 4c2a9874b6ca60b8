import { delimiter, join } from 'node:path';
import { storedName } from './app-name.ts';
import type { HookFiles, HookGiven } from './hooks/hook.ts';
import type { HookName } from './hooks/names.ts';
import { RUNTIME_HOOKS } from './hooks/hooks.ts';

type Environment = Record<string, string | undefined>;

/** A variable and what it holds. `ifSet`: only where the user has set it, because it would win over ours. */
interface Variable {
  name: string;
  holds: 'proxy' | 'no-proxy' | 'bundle' | 'extra-ca' | 'wgetrc' | { text: string };
  ifSet?: true;
}

/** Every variable we set, in the order of reading: the way to us first, then trust. */
export const terminalVariables: readonly Variable[] = [
  // ── the way to us
  // curl, wget, git, Python, Go, Ruby, .NET and most others; curl and Perl read only the small spelling for http.
  { name: 'http_proxy', holds: 'proxy' },
  { name: 'https_proxy', holds: 'proxy' },
  { name: 'HTTP_PROXY', holds: 'proxy' },
  { name: 'HTTPS_PROXY', holds: 'proxy' },
  // Whoever reads only this one was using the proxy it named, which is now the engine's way out.
  { name: 'all_proxy', holds: 'proxy', ifSet: true },
  { name: 'ALL_PROXY', holds: 'proxy', ifSet: true },
  // As the user set it, for the half of the programs that read the other spelling.
  { name: 'no_proxy', holds: 'no-proxy', ifSet: true },
  { name: 'NO_PROXY', holds: 'no-proxy', ifSet: true },
  // WebSocket clients that look up a proxy by the scheme of the address (proxy-from-env, proxy-agent).
  { name: 'ws_proxy', holds: 'proxy' },
  { name: 'wss_proxy', holds: 'proxy' },
  { name: 'WS_PROXY', holds: 'proxy' },
  { name: 'WSS_PROXY', holds: 'proxy' },
  // gRPC asks this one first.
  { name: 'grpc_proxy', holds: 'proxy' },
  // PHP's and other CGI-minded clients ignore HTTP_PROXY, which a request header could have set (httpoxy).
  { name: 'CGI_HTTP_PROXY', holds: 'proxy' },
  // Node 22.21 and 24 on: http, https and fetch follow the variables above only when told so.
  { name: 'NODE_USE_ENV_PROXY', holds: { text: '1' } },
  // Older Node programs that use the global-agent package.
  { name: 'GLOBAL_AGENT_HTTP_PROXY', holds: 'proxy' },
  { name: 'GLOBAL_AGENT_HTTPS_PROXY', holds: 'proxy', ifSet: true },
  // npm, and pnpm and Yarn 1 with it: an address in .npmrc would win over the common variables.
  { name: 'npm_config_proxy', holds: 'proxy' },
  { name: 'npm_config_https_proxy', holds: 'proxy' },
  // Yarn from 2 on reads only its own.
  { name: 'YARN_HTTP_PROXY', holds: 'proxy' },
  { name: 'YARN_HTTPS_PROXY', holds: 'proxy' },
  // Perl's LWP looks at the variables above only when told so.
  { name: 'PERL_LWP_ENV_PROXY', holds: { text: '1' } },
  // Settings of one tool that win over the common variables.
  { name: 'PIP_PROXY', holds: 'proxy', ifSet: true },
  { name: 'CARGO_HTTP_PROXY', holds: 'proxy', ifSet: true },
  { name: 'NPM_CONFIG_PROXY', holds: 'proxy', ifSet: true },
  { name: 'NPM_CONFIG_HTTPS_PROXY', holds: 'proxy', ifSet: true },
  // Git would first ask without credentials and be answered, so that its calls had no name.
  { name: 'GIT_HTTP_PROXY_AUTHMETHOD', holds: { text: 'basic' } },

  // ── trust that adds to the program's own roots
  // Node and Bun; read once at start.
  { name: 'NODE_EXTRA_CA_CERTS', holds: 'extra-ca' },
  // Deno.
  { name: 'DENO_CERT', holds: 'extra-ca' },

  // ── trust that replaces the program's roots
  // Everything that asks OpenSSL for its defaults: Python's ssl and httpx, Ruby, PHP streams, uv; Go on Linux.
  { name: 'SSL_CERT_FILE', holds: 'bundle' },
  // The same for programs built by Nix, which ask this one first.
  { name: 'NIX_SSL_CERT_FILE', holds: 'bundle', ifSet: true },
  // curl, and Python's requests when its own variable is not set.
  { name: 'CURL_CA_BUNDLE', holds: 'bundle' },
  // Python's requests, and what is built on it: Azure's and Google's tools, conda, twine.
  { name: 'REQUESTS_CA_BUNDLE', holds: 'bundle' },
  // Python's httplib2.
  { name: 'HTTPLIB2_CA_CERTS', holds: 'bundle' },
  // pip prefers its own.
  { name: 'PIP_CERT', holds: 'bundle' },
  // AWS's command line and boto.
  { name: 'AWS_CA_BUNDLE', holds: 'bundle' },
  // Google's gcloud keeps its own roots.
  { name: 'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE', holds: 'bundle' },
  // Git hands curl its own choice.
  { name: 'GIT_SSL_CAINFO', holds: 'bundle' },
  // Rust's cargo, likewise.
  { name: 'CARGO_HTTP_CAINFO', holds: 'bundle' },
  // gRPC in every language; it has its own roots.
  { name: 'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', holds: 'bundle' },
  // npm with a `cafile` in .npmrc ignores NODE_EXTRA_CA_CERTS; this wins over .npmrc.
  { name: 'npm_config_cafile', holds: 'bundle' },
  { name: 'NPM_CONFIG_CAFILE', holds: 'bundle', ifSet: true },
  // Yarn from 2 on.
  { name: 'YARN_HTTPS_CA_FILE_PATH', holds: 'bundle', ifSet: true },
  // Perl's LWP, and the older name for the same.
  { name: 'PERL_LWP_SSL_CA_FILE', holds: 'bundle' },
  { name: 'HTTPS_CA_FILE', holds: 'bundle', ifSet: true },
  // Ruby's Bundler and Elixir's Hex where they are told their own.
  { name: 'BUNDLE_SSL_CA_CERT', holds: 'bundle', ifSet: true },
  { name: 'HEX_CACERTS_PATH', holds: 'bundle', ifSet: true },
  // wget has no variable for trust (and with GnuTLS does not ask OpenSSL), but one for its settings file.
  { name: 'WGETRC', holds: 'wgetrc' },
];

/** Where the proxy is, and what proves to it that a program was started by somebody who may ask the engine. */
export interface ProxyPlace {
  host: string;
  port: number;
  secret?: string | null;
}

export interface TerminalEnvOptions {
  /** The environment the program would have had. */
  before: Environment;
  /** What its calls are listed under. */
  app: string;
  /** The run they belong to (16 hex digits), so that two runs of one app are told apart. */
  run?: string | null;
  /** The engine's proxy. */
  proxy: ProxyPlace;
  /** A port of the proxy that is this app's alone, for runtimes that can say no name. */
  ownPort?: number | null;
  /** Runtimes whose hooks are left out (`--without`). */
  without?: readonly HookName[];
  /** Writes the files that variables name; see trust-files.ts. */
  files: {
    /** Everything in force before, the machine's and Node's roots, and our CA. `existing`: files or folders. */
    bundle(existing: string[]): string;
    /** What `existing` names, and our CA; or just our CA. */
    extraCa(existing: string | null): string;
    /** wget's settings as they were, and our bundle. */
    wgetrc(existing: string | null, bundle: string): string;
  } & HookFiles;
  platform?: NodeJS.Platform;
}

/** Files and folders of roots that programs in this environment trust. */
export function bundlesInForce(environment: Environment): string[] {
  const names = terminalVariables.flatMap(({ name, holds }) => (holds === 'bundle' ? [name] : []));
  const folders = (environment['SSL_CERT_DIR'] ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...names.flatMap((name) => environment[name] || []), ...folders])];
}

/**
 * The variables to set for one program so that its calls go through the proxy and our certificates are trusted; what
 * they held before is taken over as the rules in README.md say.
 * @returns only what changes
 */
export function terminalEnv(options: TerminalEnvOptions): Record<string, string> {
  const { before, app, run = null, proxy, files, ownPort, without = [], platform = process.platform } = options;
  const address = proxyAddress(app, proxy, run);
  const bundle = files.bundle(bundlesInForce(before));
  const noProxy = before['no_proxy'] || before['NO_PROXY'] || '';
  const values: Record<string, string> = {};
  for (const { name, holds, ifSet } of terminalVariables) {
    if (ifSet && !before[name] && !(holds === 'no-proxy' && noProxy)) continue;
    if (holds === 'proxy') values[name] = address;
    else if (holds === 'no-proxy') values[name] = before[name] || noProxy;
    else if (holds === 'bundle') values[name] = bundle;
    else if (holds === 'extra-ca') values[name] = files.extraCa(before[name] || null);
    else if (holds === 'wgetrc') {
      // The user's own file, which naming another one would hide.
      const home = platform === 'win32' ? null : before['HOME'];
      values[name] = files.wgetrc(before[name] || (home ? join(home, '.wgetrc') : null), bundle);
    } else values[name] = holds.text;
  }
  const given: HookGiven = {
    before,
    address,
    nameless: { host: proxy.host, port: ownPort ?? proxy.port },
    bundle,
    noProxy,
    platform,
    files,
  };
  for (const hook of RUNTIME_HOOKS) if (!without.includes(hook.id)) Object.assign(values, hook.variables(given));
  return values;
}

/**
 * The proxy's address with the app as user name. The password names the run and holds the secret where there are such;
 * else it only makes clients send the name at once.
 */
export function proxyAddress(app: string, { host, port, secret }: ProxyPlace, run: string | null = null): string {
  const password = `run${run === null ? '' : `-${run}`}${secret ? `.${secret}` : ''}`;
  // A colon would end the user name of Basic credentials; line breaks have no place in a header.
  return `http://${encodeURIComponent(storedName(app))}:${password}@${host}:${port}`;
}
