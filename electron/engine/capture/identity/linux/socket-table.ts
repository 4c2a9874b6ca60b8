// /proc/net/tcp and tcp6 (proc(5), Documentation/networking/proc_net_tcp.rst): one line a socket, addresses in hex.
import { endianness } from 'node:os';
import { readIpAddress, writeIpAddress } from '../../../../../shared/bytes/ip-address.ts';

/** A socket's line: its owner and its number among the system's open files. */
export interface SocketLine {
  inode: string;
  uid: number;
}

const littleEndian = endianness() === 'LE';
/** `::ffff:`, as the table writes it. */
const MAPPED = hexOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]);

/** `127.0.0.1` as `0100007F`: each 32 bits in the machine's own order. */
function hexOf(bytes: ArrayLike<number>): string {
  let hex = '';
  for (let at = 0; at < bytes.length; at += 4)
    for (let i = 0; i < 4; i += 1)
      hex += (bytes[at + (littleEndian ? 3 - i : i)] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return hex;
}

/** How the client's end of a connection stands in the tables: in `tcp`, or in `tcp6` as an address of either kind. */
export function endsOf(
  clientAddress: string,
  clientPort: number,
  address: string,
  port: number,
): { tcp: string | null; tcp6: string | null } {
  const [from, to] = [readIpAddress(withoutMapping(clientAddress)), readIpAddress(withoutMapping(address))];
  if (from === null || to === null || from.length !== to.length) return { tcp: null, tcp6: null };
  const ends = (prefix: string): string =>
    ` ${prefix}${hexOf(from)}:${hexPort(clientPort)} ${prefix}${hexOf(to)}:${hexPort(port)} `;
  return from.length === 4 ? { tcp: ends(''), tcp6: ends(MAPPED) } : { tcp: null, tcp6: ends('') };
}

/** An IPv4 address as a socket for both kinds writes it, plain. */
export function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** The line with these two ends; null when there is none, or the socket has no owner any more (closed, TIME_WAIT). */
export function findSocket(table: string, ends: string): SocketLine | null {
  for (let at = table.indexOf(ends); at >= 0; at = table.indexOf(ends, at + 1)) {
    const end = table.indexOf('\n', at);
    // After the two ends: state, queues, timer, retransmits, uid, timeout, inode.
    const fields = table.slice(at + ends.length, end < 0 ? table.length : end).split(/ +/);
    const inode = fields[6] ?? '0';
    if (inode !== '0') return { inode, uid: Number(fields[4]) };
  }
  return null;
}

/** One end of a connection: address as people write it. */
export interface End {
  address: string;
  port: number;
}

/** A connection of the table. `state` as the kernel counts: 1 established, 2 SYN sent, 6 TIME_WAIT … */
export interface TableRow {
  local: End;
  remote: End;
  state: number;
  uid: number;
  inode: string;
}

/** Every line whose state `wanted` lets pass. */
export function readTable(table: string, wanted: (state: number) => boolean): TableRow[] {
  const rows: TableRow[] = [];
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/ +/);
    const state = Number.parseInt(fields[3] ?? '', 16);
    if (fields.length < 10 || !wanted(state)) continue;
    const [local, remote] = [readEnd(fields[1]!), readEnd(fields[2]!)];
    if (local === null || remote === null) continue;
    rows.push({ local, remote, state, uid: Number(fields[7]), inode: fields[9]! });
  }
  return rows;
}

function readEnd(text: string): End | null {
  const [hex = '', port = ''] = text.split(':');
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return null;
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 4)
    for (let i = 0; i < 4; i += 1)
      bytes[at + (littleEndian ? 3 - i : i)] = Number.parseInt(hex.slice((at + i) * 2, (at + i) * 2 + 2), 16);
  const plain = hex.toUpperCase().startsWith(MAPPED) ? bytes.subarray(12) : bytes;
  return { address: writeIpAddress(plain), port: Number.parseInt(port, 16) };
}
