// What macOS's own lsof(8) and ps(1) print. Written from their manuals; untried on the system itself.
import type { TableEntry, ToolProcess } from '../tool-system.ts';

/** `lsof -nP -iTCP -sTCP:ESTABLISHED -Fpn`: a line `p` for each process, `n` for each connection of it. */
export function readLsof(text: string): TableEntry[] {
  const found: TableEntry[] = [];
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    const ends = /^n(.+):(\d+)->(.+):(\d+)$/.exec(line);
    if (ends !== null && pid > 0)
      found.push({
        pid,
        local: { address: bare(ends[1]!), port: Number(ends[2]) },
        remote: { address: bare(ends[3]!), port: Number(ends[4]) },
      });
  }
  return found;
}

/** `lsof -a -p PID -d cwd -Fn`. */
export function readFolder(text: string): string | null {
  return /^n(\/.*)$/m.exec(text)?.[1] ?? null;
}

/** `LC_ALL=C ps -axww -o pid=,ppid=,lstart=,user=,args=`, and the same with `comm=`: the program file's path. */
export function readPs(withArgs: string, withFile: string): ToolProcess[] {
  const files = new Map(rows(withFile).map(({ pid, rest }) => [pid, rest]));
  return rows(withArgs).map(({ pid, parent, startedAt, user, rest }) => {
    const file = files.get(pid) ?? null;
    // Where blanks in the arguments stood is lost; the program's own path is known.
    const args =
      file !== null && rest.startsWith(file)
        ? [file, ...rest.slice(file.length).split(' ').filter(Boolean)]
        : rest.split(' ');
    return { pid, parent, startedAt, user, executable: file?.startsWith('/') ? file : null, args };
  });
}

function rows(text: string) {
  return text.split('\n').flatMap((line) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\s+(\S+)\s+(.*)$/.exec(line);
    if (parts === null) return [];
    const at = Date.parse(parts[3]!);
    return [
      {
        pid: Number(parts[1]),
        parent: Number(parts[2]),
        startedAt: Number.isNaN(at) ? null : at * 1000,
        user: parts[4]!,
        rest: parts[5]!,
      },
    ];
  });
}

function bare(address: string): string {
  return address.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '');
}
