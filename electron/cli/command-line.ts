import { existsSync } from 'node:fs';
import { extname } from 'node:path';

/** What to hand to `spawn`. `verbatim`: the arguments are quoted already. */
export interface CommandLine {
  file: string;
  args: string[];
  verbatim: boolean;
}

/**
 * Finds how to start a command. Only Windows needs thought: there `npm` is really `npm.cmd`, found by the endings in
 * PATHEXT, and batch files run only inside `cmd.exe`, whose own quoting has to be undone.
 * @param platform for tests
 */
export function commandLine(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  exists: (path: string) => boolean = existsSync,
): CommandLine {
  if (platform !== 'win32') return { file: command, args: [...args], verbatim: false };
  const file = findOnWindows(command, env, exists) ?? command;
  if (!/\.(cmd|bat)$/i.test(file)) return { file, args: [...args], verbatim: false };
  const line = [file, ...args].map(quoteForBatch).join(' ');
  return { file: env['comspec'] ?? env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

function findOnWindows(command: string, env: NodeJS.ProcessEnv, exists: (path: string) => boolean): string | null {
  const endings = extname(command) ? ['', ...pathExtensions(env)] : pathExtensions(env);
  const folders = /[\\/]/.test(command) ? [''] : ['.', ...(env['PATH'] ?? env['Path'] ?? '').split(';')];
  for (const folder of folders) {
    for (const ending of endings) {
      const path = folder === '' ? command + ending : `${folder.replace(/\\$/, '')}\\${command}${ending}`;
      if (exists(path)) return path;
    }
  }
  return null;
}

function pathExtensions(env: NodeJS.ProcessEnv): string[] {
  return (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
}

/** Quotes for the program's own parsing, then escapes what cmd.exe would act upon. */
function quoteForBatch(argument: string): string {
  const quoted = `"${argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`;
  return quoted.replaceAll(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
