import { join } from 'node:path';
import { dataFolder } from '../hosts/data-folder.ts';
import type { AccessOptions, ReachFiles } from '../hosts/engine-messages.ts';
import { readPassedOptions } from '../hosts/pass-options.ts';

/** What the shell is started with. */
export interface ShellOptions {
  dataDir: string;
  /** What the shell itself keeps: window, settings, the browser's own files. */
  shellDir: string;
  proxyPort?: number;
  workspacePort?: number;
  access?: AccessOptions;
  reach: ReachFiles;
  reachArguments: string[];
  /** Started at login: without a window. */
  hidden: boolean;
}

/** Reads the shell's command line. */
export function readShellOptions(argv: readonly string[]): ShellOptions {
  const options = readPassedOptions(argv);
  const dataDir = dataFolder(options.data);
  return {
    dataDir,
    shellDir: join(dataDir, 'desktop'),
    ...(options.proxyPort === undefined ? {} : { proxyPort: options.proxyPort }),
    ...(options.workspacePort === undefined ? {} : { workspacePort: options.workspacePort }),
    ...(options.access === undefined ? {} : { access: options.access }),
    reach: options.reach ?? {},
    reachArguments: options.reachArguments ?? [],
    hidden: argv.includes('--hidden'),
  };
}
