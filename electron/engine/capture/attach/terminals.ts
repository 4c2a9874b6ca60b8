import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_PROBE, probeChanges, probeCommand } from './probe.ts';
import { commandLineFor } from './quote.ts';
import type { Shell } from './quote.ts';
import type { Ran } from './run-tool.ts';
import { unusable, usable } from './target.ts';
import type { Surroundings, Target } from './target.ts';
import { originalEnvironment, setUpScript } from './terminal-script.ts';

/** bash and zsh read the same lines. */
export const bashTarget = terminal({
  id: 'bash',
  title: 'bash or zsh',
  shell: 'bash',
  programs: ['bash', 'zsh'],
  line: (command) => `eval "$(${command})"`,
  async run({ runner }, file, script, env, probe) {
    const lines = `eval "$1"; shift; exec "$@"`;
    const quiet = file.endsWith('zsh') ? ['-f'] : ['--noprofile', '--norc'];
    return runner.run(file, [...quiet, '-c', lines, 'sallyport', script, ...probe], { env });
  },
});

export const fishTarget = terminal({
  id: 'fish',
  title: 'fish',
  shell: 'fish',
  programs: ['fish'],
  line: (command) => `${command} | source`,
  async run({ runner }, file, script, env, probe) {
    const lines = 'printf %s $argv[1] | source; $argv[2] $argv[3..-1]';
    return runner.run(file, ['--no-config', '-c', lines, script, ...probe], { env });
  },
});

export const powershellTarget = terminal({
  id: 'powershell',
  title: 'PowerShell',
  shell: 'powershell',
  programs: ['pwsh', 'powershell'],
  line: (command) => `${command} | Out-String | Invoke-Expression`,
  async run({ runner }, file, script, env, [program, ...args]) {
    // By variables: Windows PowerShell and PowerShell quote arguments differently.
    const given = { SALLYPORT_PROGRAM: program, SALLYPORT_ARGUMENTS: JSON.stringify(args) };
    const lines = `${script}$given = $env:SALLYPORT_ARGUMENTS | ConvertFrom-Json; & $env:SALLYPORT_PROGRAM @given`;
    return runner.run(file, ['-NoProfile', '-NonInteractive', '-Command', lines], { env: { ...env, ...given } });
  },
});

export const cmdTarget = terminal({
  id: 'cmd',
  title: 'cmd',
  shell: 'cmd',
  programs: ['cmd'],
  line: (command) => `for /f "delims=" %i in ('${command}') do @%i`,
  async run({ runner }, file, script, env, probe) {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
    try {
      // Longer than a command line may be.
      const path = join(folder, 'test.cmd');
      const lines = `@echo off\n${script}${probe.map((word) => `"${word}"`).join(' ')}\n`;
      writeFileSync(path, lines.replaceAll('%', '%%').replaceAll('\n', '\r\n'));
      return await runner.run(file, ['/d', '/c', path], { env });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/** A shell that runs already is set up by one line, and set back by another. */
function terminal(about: {
  id: string;
  title: string;
  shell: Shell;
  /** Any of them will do. */
  programs: readonly string[];
  /** What to type, around the command that prints the lines. */
  line: (command: string) => string;
  /** Runs the lines in a fresh shell, then our probe in it. */
  run: (
    around: Surroundings,
    file: string,
    script: string,
    env: Record<string, string | undefined>,
    probe: readonly [file: string, ...args: string[]],
  ) => Promise<Ran>;
}): (around: Surroundings) => Target {
  const { id, title, shell } = about;
  return (around) => {
    const { program, data } = around.command;
    const line = (...rest: string[]): string =>
      about.line(commandLineFor(shell, [...program, 'env', '--shell', shell, ...data, ...rest]));
    const lines = [
      { does: 'Set up the terminal you have open', text: line() },
      { does: 'Set it back to what it was', text: line('--undo') },
    ];
    const find = (): string | null =>
      about.programs.map((name) => around.runner.find(name)).find((path) => path !== null) ?? null;
    return {
      id,
      kind: 'terminal',
      title,
      says: 'Everything that is started from that terminal, until it is set back or closed.',
      look: async () =>
        find() === null ? unusable(`${about.programs[0]} is not installed on this machine.`, lines) : usable(lines),
      async test() {
        const file = find();
        if (file === null)
          return { works: false, call: null, says: `${about.programs[0]} is not installed.`, remedy: null };
        const env = originalEnvironment(around.environment);
        const script = setUpScript(shell, probeChanges(around), env);
        return around.selfTest.check('A program in a terminal that was set up', async (url) => {
          const probe = probeCommand(around, url);
          return probe === null ? NO_PROBE : about.run(around, file, script, env, probe);
        });
      },
    };
  };
}
