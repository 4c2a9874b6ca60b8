import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What a process and its children have used, from /proc. Linux only, as the whole bench is. */
const TICK_US = 10_000; // USER_HZ is 100 on every Linux this runs on

/** User and system time in microseconds, of all threads of the process and of its living descendants. */
export function cpuMicroseconds(pid: number): number {
  return familyOf(pid).reduce((sum, one) => {
    const fields = statOf(one);
    return fields === null ? sum : sum + (Number(fields[11]) + Number(fields[12])) * TICK_US;
  }, 0);
}

/** Resident memory now, bytes. */
export function residentBytes(pid: number): number {
  return familyOf(pid).reduce((sum, one) => sum + statusKilobytes(one, 'VmRSS') * 1024, 0);
}

/** Resident memory at its highest since `resetPeak`, bytes; of the process alone. */
export function peakResidentBytes(pid: number): number {
  return statusKilobytes(pid, 'VmHWM') * 1024;
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function statusKilobytes(pid: number, field: string): number {
  try {
    return Number(
      new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}

/** Fields of /proc/PID/stat from the state on: the name before it may hold anything. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function familyOf(pid: number): number[] {
  const family = [pid];
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(Number(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  for (let added = true; added;) {
    added = false;
    for (const [child, parent] of parents) {
      if (family.includes(parent) && !family.includes(child)) {
        family.push(child);
        added = true;
      }
    }
  }
  return family;
}
