import { Option } from 'commander';
import type { Command } from 'commander';
import type { HookName } from '../engine/capture/attach/hooks/names.ts';
import { dataOption, withoutOption } from './shared-options.ts';

export const ENV_SHELLS = ['bash', 'zsh', 'fish', 'powershell', 'cmd'] as const;

export interface EnvOptions {
  data?: string;
  shell?: (typeof ENV_SHELLS)[number];
  app?: string;
  undo?: boolean;
  agent: boolean;
  without?: HookName[];
}

export function addEnv(program: Command): void {
  program
    .command('env')
    .description('print the lines that set a running terminal up for the engine, or set it back')
    .addOption(dataOption())
    .addOption(
      new Option('-s, --shell <shell>', 'whose lines (default: the shell you log in with)').choices(ENV_SHELLS),
    )
    .option('-a, --app <name>', "what to call the terminal's programs in the records (default: the shell's name)")
    .addOption(withoutOption())
    .option('--no-agent', 'leave our agent out of Node programs: their calls are recorded without package and line')
    .option('--undo', 'print the lines that put back what was there')
    .addHelpText(
      'after',
      `
The lines are for the shell to read; nothing but that terminal changes. It stays set up until it is
set back or closed; when the engine stops, its programs find no proxy, so set it back first.

What to type:
  bash, zsh    eval "$(sallyport env)"
  fish         sallyport env --shell fish | source
  PowerShell   sallyport env --shell powershell | Out-String | Invoke-Expression
  cmd          for /f "delims=" %i in ('sallyport env --shell cmd') do @%i
The same with --undo sets it back.

Examples:
  sallyport env --shell fish --app billing
  sallyport env --undo
`,
    )
    .action(async (options: EnvOptions) => (await import('./print-env.ts')).printEnv(options));
}
