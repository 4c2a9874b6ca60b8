import { spawnSync } from 'node:child_process';
import type { Tools } from '../tool-system.ts';
import { readCim, readNetstat, readTcp6Table, readTcpTable } from './tables.ts';

const [AF_INET, AF_INET6, TCP_TABLE_OWNER_PID_ALL] = [2, 23, 5];
const TIMEOUT_MS = 10_000;
/** Times in milliseconds since the epoch, whatever the language. */
const PROCESS_QUERY =
  'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,ExecutablePath,CommandLine,@{n="Started";e={if($_.CreationDate){([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds()}}} | ConvertTo-Json -Compress';

/** Windows: the table of connections by the system's own call, else by netstat; processes by PowerShell. */
export async function windowsTools(): Promise<Tools> {
  const table = await openTable();
  const run = (command: string, args: readonly string[]): string =>
    spawnSync(command, args, { encoding: 'utf8', timeout: TIMEOUT_MS, windowsHide: true, maxBuffer: 1 << 26 }).stdout ??
    '';
  return {
    connections: () =>
      table?.() ?? readNetstat(`${run('netstat', ['-ano', '-p', 'TCP'])}\n${run('netstat', ['-ano', '-p', 'TCPv6'])}`),
    processes: () => readCim(run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', PROCESS_QUERY])),
    // Other processes' folders are not told.
    folderOf: () => null,
    samples: table !== null,
  };
}

/** GetExtendedTcpTable of iphlpapi.dll; null where it cannot be called. */
async function openTable(): Promise<(() => ReturnType<typeof readTcpTable>) | null> {
  try {
    const { default: koffi } = await import('koffi');
    const ask = koffi
      .load('iphlpapi.dll')
      .func(
        'uint32_t __stdcall GetExtendedTcpTable(_Out_ uint8_t *table, _Inout_ uint32_t *size, int order, uint32_t family, int kind, uint32_t reserved)',
      ) as (
      table: Uint8Array | null,
      size: [number],
      order: number,
      family: number,
      kind: number,
      reserved: number,
    ) => number;
    const read = (family: number): Uint8Array => {
      // The table may grow between asking for its size and asking for it.
      for (let size = 65_536, tries = 0; tries < 5; tries += 1, size *= 2) {
        const bytes = new Uint8Array(size);
        if (ask(bytes, [size], 0, family, TCP_TABLE_OWNER_PID_ALL, 0) === 0) return bytes;
      }
      return new Uint8Array(4);
    };
    return () => [...readTcpTable(read(AF_INET)), ...readTcp6Table(read(AF_INET6))];
  } catch {
    return null;
  }
}
