// The networks of this machine: its own, and those of containers and programs that were put apart.
import { listPids, readLink, readText } from './proc.ts';
import { findSocket, type endsOf, type SocketLine } from './socket-table.ts';

export interface Namespace {
  find(ends: ReturnType<typeof endsOf>): SocketLine | null;
}

/** Each table is read once, when it is first asked for. */
export function createNamespaces(): { own: Namespace; others(): Namespace[] } {
  let others: Namespace[] | null = null;
  return { own: namespaceAt('/proc'), others: () => (others ??= otherNamespaces()) };
}

/** As far as the processes in them may be looked at. */
function otherNamespaces(): Namespace[] {
  const own = readLink('/proc/self/ns/net');
  const one = new Map<string, number>();
  for (const pid of listPids()) {
    const space = readLink(`/proc/${pid}/ns/net`);
    if (space !== null && space !== own && !one.has(space)) one.set(space, pid);
  }
  return [...one.values()].map((pid) => namespaceAt(`/proc/${pid}`));
}

function namespaceAt(folder: string): Namespace {
  const texts = new Map<string, string>();
  const text = (name: string): string => {
    let read = texts.get(name);
    if (read === undefined) texts.set(name, (read = readText(`${folder}/net/${name}`) ?? ''));
    return read;
  };
  return {
    find: ({ tcp, tcp6 }) =>
      (tcp === null ? null : findSocket(text('tcp'), tcp)) ?? (tcp6 === null ? null : findSocket(text('tcp6'), tcp6)),
  };
}
