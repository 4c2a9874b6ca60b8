import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { HOOK_NAMES, type HookName } from '../engine/capture/attach/hooks/names.ts';
import type { AccessOptions } from '../hosts/engine-messages.ts';

/** `--data DIR`, on every command that looks at recorded calls. */
export function dataOption(): Option {
  return new Option('-d, --data <dir>', 'data folder (default: $SALLYPORT_DATA, else the place the system gives)');
}

/** `--without java,php`: on commands that set a program's environment. */
export function withoutOption(): Option {
  return new Option(
    '--without <runtimes>',
    `set no more than proxy and trust variables for these: ${HOOK_NAMES.join(', ')}`,
  ).argParser((text: string): HookName[] =>
    text.split(',').map((word) => {
      const name = HOOK_NAMES.find((known) => known === word.trim());
      if (name === undefined)
        throw new InvalidArgumentError(`It may name ${HOOK_NAMES.join(', ')}, with commas between.`);
      return name;
    }),
  );
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(
        `It must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${most}`}.`,
      );
    return value;
  };
}

/** `0`, `30m`, `12h`, `7d` as seconds; at most thirty days. */
export function readGrace(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d{1,7})([smhd])?$/.exec(text) ?? [];
  const seconds = Number(amount) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1);
  if (amount === '' || seconds > 30 * 86_400)
    throw new InvalidArgumentError('It must be a time like 0, 30m, 12h or 7d, at most 30d.');
  return seconds;
}

/** Collects an option given several times. */
export function several<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), read(text)];
}

/** Where the proxy listens and who may come; `serve` and `start` take them. */
export function accessOptions(): Option[] {
  return [
    new Option(
      '--listen <address>',
      'let the proxy listen on this address of the machine, too; 0.0.0.0: all; may be repeated',
    ).argParser(several(readAddress)),
    new Option(
      '--require-identity [of]',
      'refuse callers without a secret (see sallyport apps add): everywhere, or only those from elsewhere',
    )
      .choices(['everywhere', 'elsewhere'])
      .preset('everywhere'),
  ];
}

/** What was said of access, and no more. */
export function accessOf({ listen, requireIdentity }: AccessOptions): AccessOptions {
  return { ...(listen && { listen }), ...(requireIdentity && { requireIdentity }) };
}

function readAddress(text: string): string {
  const address = text === 'localhost' ? '127.0.0.1' : text.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0)
    throw new InvalidArgumentError('It must be an address of this machine, like 172.17.0.1, or 0.0.0.0 for all.');
  return address;
}

/** Options that say how the engine reaches origins and by what rules; `serve`, `start` and `run` take them. */
export interface ReachOptions {
  connectTo?: { host: string; port: number; toHost: string; toPort: number }[];
  upstreamCa?: string[];
  passThrough?: string[];
  clientCertificate?: { host: string; cert: string; key: string }[];
  /** By what rules; else the data folder's. */
  policies?: string;
}

export function reachOptions(): Option[] {
  return [
    new Option('--connect-to <host:port=host:port>', 'connect elsewhere for this origin; may be repeated').argParser(
      several(readConnectTo),
    ),
    new Option(
      '--upstream-ca <file>',
      'trust the certificates in this PEM file for origins; may be repeated',
    ).argParser(several(resolve)),
    new Option('--pass-through <host>', 'do not read TLS to this host, or *.suffix; may be repeated').argParser(
      several((text: string) => text),
    ),
    new Option(
      '--client-certificate <host=cert,key>',
      'show this certificate to the host (PEM files); may be repeated',
    ).argParser(several(readClientCertificate)),
    new Option(
      '--policies <file>',
      'the policies that calls go by (default: policies.yaml in the data folder); see sallyport policy',
    ).argParser((file: string) => resolve(file)),
  ];
}

/** The same options as arguments, for an engine started on the user's behalf. */
export function reachArguments(options: ReachOptions): string[] {
  const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
  return [
    ...(options.connectTo ?? []).flatMap((to) => [
      '--connect-to',
      `${bracketed(to.host)}:${to.port}=${bracketed(to.toHost)}:${to.toPort}`,
    ]),
    ...(options.upstreamCa ?? []).flatMap((file) => ['--upstream-ca', file]),
    ...(options.passThrough ?? []).flatMap((host) => ['--pass-through', host]),
    ...(options.clientCertificate ?? []).flatMap(({ host, cert, key }) => [
      '--client-certificate',
      `${host}=${cert},${key}`,
    ]),
    ...(options.policies === undefined ? [] : ['--policies', options.policies]),
  ];
}

const PLACE = /^(\[[0-9a-f:.]*\]|[^\s:=[\]]*):(\d{0,5})$/i;

/** `HOST:PORT=HOST:PORT`; an empty host or port on the left matches any. */
export function readConnectTo(text: string): { host: string; port: number; toHost: string; toPort: number } {
  const [left = '', right = '', ...more] = text.split('=');
  const from = PLACE.exec(left);
  const to = PLACE.exec(right);
  if (!from || !to || more.length > 0 || !to[1] || !Number(to[2]) || Number(to[2]) > 65535 || Number(from[2]) > 65535) {
    throw new InvalidArgumentError('It must be HOST:PORT=HOST:PORT, like api.example.com:443=127.0.0.1:8443.');
  }
  const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();
  return { host: bare(from[1] ?? ''), port: Number(from[2]), toHost: bare(to[1]), toPort: Number(to[2]) };
}

function readClientCertificate(text: string): { host: string; cert: string; key: string } {
  const [, host, cert, key] = /^([^=]+)=([^,]+),([^,]+)$/.exec(text) ?? [];
  if (!host || !cert || !key) throw new InvalidArgumentError('It must be HOST=CERT.pem,KEY.pem.');
  return { host, cert: resolve(cert), key: resolve(key) };
}
