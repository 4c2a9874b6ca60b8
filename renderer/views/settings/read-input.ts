const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Bytes of a size as people write it: `10 MB`, `1.5GiB`, `512`; null when it is none. */
export function readSize(text: string): number | null {
  const [, amount, unit] = /^\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = UNITS[(unit ?? '').toLowerCase()];
  if (amount === undefined || factor === undefined) return null;
  const bytes = Math.round(Number(amount.replace(',', '.')) * factor);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Bytes in the unit that is exact and shortest, so that a field shows what was typed. */
export function writeSize(bytes: number): string {
  if (bytes === 0) return '0';
  const exact = (
    [
      ['TB', 1e12],
      ['TiB', 1024 ** 4],
      ['GB', 1e9],
      ['GiB', 1024 ** 3],
      ['MB', 1e6],
      ['MiB', 1024 ** 2],
      ['kB', 1e3],
      ['KiB', 1024],
    ] as const
  ).find(([, factor]) => bytes >= factor && (bytes * 100) % factor === 0);
  return exact ? `${bytes / exact[1]} ${exact[0]}` : `${bytes} B`;
}

export function readDays(text: string): number | null {
  const days = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && days >= 0.01 && days <= 3650 ? days : null;
}

/** A port, null for an automatic one, undefined when it is neither. */
export function readPort(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** The entries somebody typed or pasted: one, or many with commas, spaces or line ends between. */
export function readEntries(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** The files somebody typed or pasted, one a line: paths have spaces and commas. Quotes around one, as file managers copy them, go. */
export function readPaths(text: string): string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2'));
  return [...new Set(lines.filter(Boolean))];
}
