/** A small MMDB file (version 2.0, IPv4, records of 32 bits), as https://maxmind.github.io/MaxMind-DB/ describes it. */
export function writeMmdb(networks: Readonly<Record<string, unknown>>, type = 'Test-Country'): Buffer {
  type Node = [Node | Leaf | null, Node | Leaf | null];
  interface Leaf {
    at: number;
  }
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let size = 0;
  for (const [network, value] of Object.entries(networks)) {
    const [address = '', length = '32'] = network.split('/');
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
      .slice(0, Number(length));
    const bytes = encode(value);
    const leaf: Leaf = { at: size };
    data.push(bytes);
    size += bytes.length;
    let node = root;
    for (let at = 0; at < bits.length - 1; at += 1) {
      const side = Number(bits[at]) as 0 | 1;
      node[side] ??= [null, null];
      node = node[side] as Node;
    }
    node[Number(bits.at(-1)) as 0 | 1] = leaf;
  }
  const nodes: Node[] = [root];
  for (const node of nodes) for (const child of node) if (Array.isArray(child)) nodes.push(child);
  const tree = Buffer.alloc(nodes.length * 8);
  for (const [index, node] of nodes.entries()) {
    for (const side of [0, 1] as const) {
      const child = node[side];
      const value =
        child === null ? nodes.length : Array.isArray(child) ? nodes.indexOf(child) : nodes.length + 16 + child.at;
      tree.writeUInt32BE(value, index * 8 + side * 4);
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_760_000_000,
    database_type: type,
    description: { en: 'Written by a test' },
    ip_version: 4,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 32,
  });
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('\u00AB\u00CD\u00EFMaxMind.com', 'latin1'),
    metadata,
  ]);
}

function encode(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.concat([head(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0, 7]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([head(6, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 4]), ...value.map(encode)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([head(7, entries.length), ...entries.flatMap(([key, inner]) => [encode(key), encode(inner)])]);
}

/** Sizes below 285 are all that tests need. */
function head(type: number, size: number): Buffer {
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
}
