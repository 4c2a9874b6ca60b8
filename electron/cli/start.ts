import type { Command } from 'commander';
import { USUAL_PORTS } from '../serve/usual-ports.ts';
import type { ServeOptions } from './serve.ts';
import { accessOptions, dataOption, reachOptions, wholeNumber } from './shared-options.ts';

export interface StartOptions extends ServeOptions {
  /** False with --no-open. */
  open: boolean;
  browser?: boolean;
}

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('start Sallyport and open its workspace (what npm start does)')
    .addOption(dataOption())
    .option('--no-open', 'print the link of the workspace, open nothing')
    .option('--browser', 'open it in a browser, even where the desktop app is there')
    .option(
      '-p, --proxy-port <port>',
      `port of the proxy; 0 takes a free one (default: ${USUAL_PORTS.proxy}, or a free one)`,
      wholeNumber(0, 65535),
    )
    .option(
      '-w, --workspace-port <port>',
      `port of the workspace; 0 takes a free one (default: ${USUAL_PORTS.workspace}, or a free one)`,
      wholeNumber(0, 65535),
    );
  for (const option of [...accessOptions(), ...reachOptions()]) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
The workspace opens as a desktop app where Electron and a display are there, else as a window of
Chrome, Chromium or Edge (the one named by $SALLYPORT_BROWSER first), else in the system's browser.
Where an engine runs on the folder already, its workspace is opened.

Examples:
  npm start
  sallyport start --no-open --data /tmp/trial
`,
    )
    .action(async (options: StartOptions) => (await import('./start-workspace.ts')).startWorkspace(options));
}
