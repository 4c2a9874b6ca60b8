// What Windows tells of connections and processes. Written from its documentation; untried on the system itself.
import { writeIpAddress } from '../../../../../shared/bytes/ip-address.ts';
import type { TableEntry, ToolProcess } from '../tool-system.ts';

const ESTABLISHED = 5;

/** MIB_TCPTABLE_OWNER_PID: a count, then rows of state, address, port, address, port, pid (u32 each; ports as on the wire). */
export function readTcpTable(bytes: Uint8Array): TableEntry[] {
  return readRows(bytes, 24, (row, at) =>
    row.getUint32(at, true) !== ESTABLISHED
      ? null
      : {
          pid: row.getUint32(at + 20, true),
          local: { address: writeIpAddress(bytes.subarray(at + 4, at + 8)), port: row.getUint16(at + 8) },
          remote: { address: writeIpAddress(bytes.subarray(at + 12, at + 16)), port: row.getUint16(at + 16) },
        },
  );
}

/** MIB_TCP6TABLE_OWNER_PID: address (16 bytes), scope, port, twice; then state, pid. */
export function readTcp6Table(bytes: Uint8Array): TableEntry[] {
  return readRows(bytes, 56, (row, at) =>
    row.getUint32(at + 48, true) !== ESTABLISHED
      ? null
      : {
          pid: row.getUint32(at + 52, true),
          local: { address: v6(bytes, at), port: row.getUint16(at + 20) },
          remote: { address: v6(bytes, at + 24), port: row.getUint16(at + 44) },
        },
  );
}

function readRows(
  bytes: Uint8Array,
  size: number,
  read: (row: DataView, at: number) => TableEntry | null,
): TableEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < 4 ? 0 : view.getUint32(0, true);
  const found: TableEntry[] = [];
  for (let i = 0, at = 4; i < count && at + size <= bytes.length; i += 1, at += size) {
    const entry = read(view, at);
    if (entry !== null) found.push(entry);
  }
  return found;
}

function v6(bytes: Uint8Array, at: number): string {
  return writeIpAddress(bytes.subarray(at, at + 16)).replace(/^::ffff:(?=\d+\.)/, '');
}

/** `netstat -ano -p TCP` and `-p TCPv6`; the words are the user's language's, so rows are known by their two ends. */
export function readNetstat(text: string): TableEntry[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const parts = /^\s*TCP\s+(\S+):(\d+)\s+(\S+):([1-9]\d*)\s+\S+\s+(\d+)\s*$/.exec(line);
    if (parts === null) return [];
    const bare = (address: string): string => address.replace(/^\[|\]$|%\d+/g, '');
    return [
      {
        pid: Number(parts[5]),
        local: { address: bare(parts[1]!), port: Number(parts[2]) },
        remote: { address: bare(parts[3]!), port: Number(parts[4]) },
      },
    ];
  });
}

/** What PROCESS_QUERY of tools.ts prints: JSON of one process, or of a list of them. */
export function readCim(text: string): ToolProcess[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(read) ? read : [read]).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { ProcessId, ParentProcessId, ExecutablePath, CommandLine, Started } = one as Record<string, unknown>;
    if (typeof ProcessId !== 'number') return [];
    const line = typeof CommandLine === 'string' ? CommandLine : '';
    return [
      {
        pid: ProcessId,
        parent: typeof ParentProcessId === 'number' ? ParentProcessId : 0,
        startedAt: typeof Started === 'number' ? Started * 1000 : null,
        executable: typeof ExecutablePath === 'string' ? ExecutablePath : null,
        args: splitCommandLine(line),
        user: null,
      },
    ];
  });
}

/** As CommandLineToArgvW cuts it: blanks part, quotes hold together, a backslash counts before a quote alone. */
export function splitCommandLine(line: string): string[] {
  const args: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s"]|"(?:\\.|[^"\\])*"?)+/g))
    args.push(word.replace(/\\"/g, '\0').replaceAll('"', '').replaceAll('\0', '"'));
  return args;
}
