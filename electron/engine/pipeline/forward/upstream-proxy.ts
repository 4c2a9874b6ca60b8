import net from 'node:net';

/** The chained proxy a connection goes through, and how to say so without its password. */
export interface UpstreamProxy {
  kind: 'http' | 'https' | 'socks5';
  host: string;
  port: number;
  /** `Basic …` for Proxy-Authorization, or null. */
  authorization: string | null;
  username: string;
  password: string;
  /** `http://host:port`, for records. */
  label: string;
}

/**
 * Chooses the upstream proxy as the field does (curl's reading of the variables): per scheme
 * `http_proxy` / `https_proxy` (lower case first), then `all_proxy`; `no_proxy` is a comma list of
 * host suffixes, addresses, CIDR blocks, optional `:port`, or `*`. Loopback is always direct: a
 * corporate proxy cannot reach this machine's own ports.
 *
 * Throws an Error naming the variable when its value is not a proxy URL.
 */
export function readUpstreamProxy(
  environment: Record<string, string | undefined>,
): (scheme: 'http' | 'https', host: string, port: number) => UpstreamProxy | null {
  const get = (name: string): string => environment[name] || environment[name.toUpperCase()] || '';
  const all = parseProxy('all_proxy', get('all_proxy'));
  // HTTP_PROXY in capitals can be set by a CGI request's “Proxy” header (httpoxy); we are no CGI.
  const http = parseProxy('http_proxy', get('http_proxy')) ?? all;
  const https = parseProxy('https_proxy', get('https_proxy')) ?? all;
  const direct = readNoProxy(get('no_proxy'));
  return (scheme, host, port) => {
    const proxy = scheme === 'http' ? http : https;
    return proxy === null || isLoopback(host) || direct(host, port) ? null : proxy;
  };
}

/**
 * One proxy for everything but loopback and the hosts of `noProxy` (entries as in no_proxy). Throws an Error in words
 * when the address is none.
 */
export function chooseOneProxy(address: string, noProxy: readonly string[]): ReturnType<typeof readUpstreamProxy> {
  const proxy = parseProxy('The address', address);
  const direct = readNoProxy(noProxy.join(','));
  return (_scheme, host, port) => (isLoopback(host) || direct(host, port) ? null : proxy);
}

function parseProxy(name: string, value: string): UpstreamProxy | null {
  if (value.trim() === '') return null;
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  } catch {
    throw new Error(`${name} is not a proxy address: “${value.replace(/\/\/.*@/, '//…@')}”. Use http://host:port.`);
  }
  const scheme = url.protocol.slice(0, -1);
  const kind = scheme === 'http' || scheme === 'https' ? scheme : /^socks(5h?)?$/.test(scheme) ? 'socks5' : null;
  if (kind === null)
    throw new Error(`${name} names a “${scheme}” proxy; Sallyport can chain http, https and socks5 proxies.`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (kind === 'http' ? 80 : kind === 'https' ? 443 : 1080) : Number(url.port);
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const authorization = username === '' ? null : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { kind, host, port, authorization, username, password, label: `${scheme}://${url.hostname}:${port}` };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Reads a NO_PROXY list into a question: does this host go direct? */
export function readNoProxy(list: string): (host: string, port: number) => boolean {
  const entries = list.split(/[,\s]+/).filter((entry) => entry !== '');
  if (entries.includes('*')) return () => true;
  const blocks = new net.BlockList();
  const names: { suffix: string; port: number | null }[] = [];
  for (const entry of entries) {
    const cidr = /^(.+)\/(\d{1,3})$/.exec(entry);
    const family = cidr === null ? 0 : net.isIP(cidr[1]!);
    if (cidr !== null && family !== 0 && Number(cidr[2]) <= (family === 4 ? 32 : 128)) {
      blocks.addSubnet(cidr[1]!, Number(cidr[2]), family === 4 ? 'ipv4' : 'ipv6');
      continue;
    }
    const bare = net.isIP(entry.replace(/^\[|\]$/g, ''));
    const ported = bare === 0 ? /^(.*):(\d+)$/.exec(entry) : null;
    const name = (ported?.[1] ?? entry)
      .replace(/^\[|\]$/g, '')
      .replace(/^\*?\./, '')
      .toLowerCase();
    names.push({ suffix: name, port: ported === null ? null : Number(ported[2]) });
  }
  return (host, port) => {
    const name = host.toLowerCase().replace(/\.$/, '');
    const family = net.isIP(name);
    if (family !== 0 && blocks.check(name, family === 4 ? 'ipv4' : 'ipv6')) return true;
    return names.some(
      (entry) =>
        (entry.port === null || entry.port === port) &&
        (name === entry.suffix || (family === 0 && name.endsWith(`.${entry.suffix}`))),
    );
  };
}
