import { shellQuote } from '../../../../shared/format/shell-quote.ts';

/** The shells whose quoting we know. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell' | 'cmd';

/** One word for a shell, so that exactly these characters arrive. `cmd` cannot pass quotes; paths on Windows have none. */
export function quoteFor(shell: Shell, text: string): string {
  switch (shell) {
    case 'fish':
      return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replace(/[\\']/g, '\\$&')}'`;
    case 'powershell':
      return /^[\w./:\\-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
    case 'cmd':
      return /^[\w./:\\=,-]+$/.test(text) ? text : `"${text}"`;
    default:
      return shellQuote(text);
  }
}

/** A command line for the shell people have open on a system: PowerShell on Windows, a POSIX shell elsewhere. */
export function quoteAll(platform: NodeJS.Platform, words: readonly string[]): string {
  return commandLineFor(platform === 'win32' ? 'powershell' : 'bash', words);
}

export function commandLineFor(shell: Shell, words: readonly string[]): string {
  const line = words.map((word) => quoteFor(shell, word)).join(' ');
  // A quoted word alone is a string to PowerShell, not a command.
  return shell === 'powershell' && line.startsWith("'") ? `& ${line}` : line;
}
