import { isInNetwork, readNetwork, type Network } from '../networks.ts';

/** What kind of place an address is, as far as it matters to who may be called. */
export type AddressKind = 'loopback' | 'metadata' | 'link-local' | 'private' | 'public';

const networks = (...texts: string[]): Network[] =>
  texts.map((text) => {
    const network = readNetwork(text);
    if (network === null) throw new Error(text);
    return network;
  });

/**
 * Where clouds hand out credentials to whoever asks: AWS, Azure, GCP, DigitalOcean and others (169.254.169.254), AWS task
 * roles and pods (169.254.170.2, .23), their IPv6 twins (fd00:ec2::254, ::23), Google's (fd20:ce::254), Oracle's
 * (fd00:c1::a9fe:a9fe), Alibaba (100.100.100.200), Azure's wire server (168.63.129.16).
 */
const METADATA = networks(
  '169.254.169.254',
  '169.254.169.253',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.0.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
);
const LOOPBACK = networks('127.0.0.0/8', '0.0.0.0/8', '::1', '::');
const LINK_LOCAL = networks('169.254.0.0/16', 'fe80::/10');
/** RFC 1918, RFC 6598 (shared by carriers), RFC 2544 (benchmarks), RFC 4193, and the old site-local. */
const PRIVATE = networks(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '192.0.0.0/24',
  'fc00::/7',
  'fec0::/10',
);

/** Blocks of IPv6 with an IPv4 address in them, and where: mapped, translated (RFC 6052), NAT64, compatible, 6to4. */
const CARRIERS: readonly { network: Network; at: number }[] = [
  ...networks('::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/96', '::/96').map((network) => ({
    network,
    at: 12,
  })),
  ...networks('2002::/16').map((network) => ({ network, at: 2 })),
];
const UNSPECIFIED = networks('::', '::1');

/** The IPv4 address that an IPv6 address really means, else the address itself. Bytes: 4 or 16. */
export function realAddress(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 4 || isIn(bytes, UNSPECIFIED)) return bytes;
  const carrier = CARRIERS.find(({ network }) => isInNetwork(bytes, network));
  return carrier ? bytes.slice(carrier.at, carrier.at + 4) : bytes;
}

/** Of an address as `realAddress` gives it. */
export function addressKind(bytes: Uint8Array): AddressKind {
  if (isIn(bytes, METADATA)) return 'metadata';
  if (isIn(bytes, LOOPBACK)) return 'loopback';
  if (isIn(bytes, LINK_LOCAL)) return 'link-local';
  return isIn(bytes, PRIVATE) ? 'private' : 'public';
}

function isIn(bytes: Uint8Array, some: readonly Network[]): boolean {
  return some.some((network) => isInNetwork(bytes, network));
}

/** Names that clouds give their metadata services. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
]);

/** What a host name says by itself; null where only its address can tell. */
export function hostNameKind(host: string): AddressKind | null {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (METADATA_NAMES.has(name)) return 'metadata';
  return name === 'localhost' || name.endsWith('.localhost') ? 'loopback' : null;
}

/**
 * The address that a host is written as, also in the forms that resolvers take and people do not expect: `2130706433`,
 * `0x7f.1`, `0177.0.0.1` (inet_aton(3)). Null: it is a name.
 */
export function hostLiteral(host: string): Uint8Array | null {
  const plain = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '');
  const strict = readNetwork(plain);
  if (strict !== null && !plain.includes('/')) return strict.bytes;
  const parts = plain.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) return null;
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return null;
  const bytes = new Uint8Array(4);
  bytes.set(numbers);
  for (let i = 3, rest = last; i >= numbers.length; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}
