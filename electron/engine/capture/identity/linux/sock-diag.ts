// Asks the kernel for one connection by its ends (sock_diag(7), <linux/inet_diag.h>): microseconds, where reading
// /proc/net/tcp takes milliseconds of walking through all buckets of the kernel's table.
import { readIpAddress } from '../../../../../shared/bytes/ip-address.ts';
import type { Question } from '../messages.ts';
import type { SocketLine } from './socket-table.ts';
import { withoutMapping } from './socket-table.ts';

const [AF_INET, AF_INET6, AF_NETLINK] = [2, 10, 16];
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const [NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, IPPROTO_TCP, MSG_DONTWAIT] = [4, 20, 1, 6, 0x40];
/** struct nlmsghdr, then struct inet_diag_req_v2 with struct inet_diag_sockid at its end. */
const [HEADER, REQUEST, ID] = [16, 72, 24];
/** In struct inet_diag_msg. */
const [UID, INODE] = [HEADER + 64, HEADER + 68];
const NO_COOKIE = 0xffffffff;

export interface SockDiag {
  /** The client's socket; null when there is none with an owner; undefined when the kernel would not say. */
  find(question: Question): SocketLine | null | undefined;
  close(): void;
}

/** Null where the binding or the kernel does not offer it. */
export async function openSockDiag(): Promise<SockDiag | null> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const open = libc.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
    const send = libc.func('long send(int, _In_ uint8_t *, size_t, int)') as Transfer;
    const receive = libc.func('long recv(int, _Out_ uint8_t *, size_t, int)') as Transfer;
    const close = libc.func('int close(int)') as (descriptor: number) => number;
    const socket = open(AF_NETLINK, SOCK_DGRAM_CLOEXEC, NETLINK_SOCK_DIAG);
    if (socket < 0) return null;
    const request = new DataView(new ArrayBuffer(REQUEST));
    const asked = new Uint8Array(request.buffer);
    const bytes = new Uint8Array(8192);
    const answer = new DataView(bytes.buffer);
    let sequence = 0;

    return {
      find({ clientAddress, clientPort, address, port }) {
        const [from, to] = [readIpAddress(withoutMapping(clientAddress)), readIpAddress(withoutMapping(address))];
        if (from === null || to === null || from.length !== to.length) return null;
        sequence = (sequence + 1) >>> 0;
        asked.fill(0);
        request.setUint32(0, REQUEST, LITTLE);
        request.setUint16(4, SOCK_DIAG_BY_FAMILY, LITTLE);
        request.setUint16(6, NLM_F_REQUEST, LITTLE);
        request.setUint32(8, sequence, LITTLE);
        asked[HEADER] = from.length === 4 ? AF_INET : AF_INET6;
        asked[HEADER + 1] = IPPROTO_TCP;
        request.setUint32(HEADER + 4, 0xffffffff, LITTLE);
        // Ports and addresses as on the wire.
        request.setUint16(ID, clientPort);
        request.setUint16(ID + 2, port);
        asked.set(from, ID + 4);
        asked.set(to, ID + 20);
        request.setUint32(ID + 40, NO_COOKIE, LITTLE);
        request.setUint32(ID + 44, NO_COOKIE, LITTLE);
        if (send(socket, asked, REQUEST, 0) !== REQUEST) return undefined;
        for (;;) {
          const length = receive(socket, bytes, bytes.length, MSG_DONTWAIT);
          if (length < HEADER) return undefined;
          // One that was left from before.
          if (answer.getUint32(8, LITTLE) !== sequence) continue;
          if (answer.getUint16(4, LITTLE) !== SOCK_DIAG_BY_FAMILY)
            return answer.getInt32(HEADER, LITTLE) === -ENOENT ? null : undefined;
          if (length < INODE + 4) return undefined;
          const inode = answer.getUint32(INODE, LITTLE);
          return inode === 0 ? null : { inode: String(inode), uid: answer.getUint32(UID, LITTLE) };
        }
      },
      close: () => void close(socket),
    };
  } catch {
    return null;
  }
}

type Transfer = (socket: number, bytes: Uint8Array, length: number, flags: number) => number;
const ENOENT = 2;
/** Numbers of the kernel's are in the machine's own order. */
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
