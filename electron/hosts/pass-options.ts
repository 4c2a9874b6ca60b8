import type { AccessOptions, ReachFiles } from './engine-messages.ts';

/** What the command line passes on to the desktop app. */
export interface PassedOptions {
  data?: string;
  proxyPort?: number;
  workspacePort?: number;
  access?: AccessOptions;
  reach?: ReachFiles;
  reachArguments?: string[];
}

const PASSED = '--sallyport-options=';

/** The options as one argument, so that Chromium, which reads the same command line, takes none of them for its own. */
export function passOptions(options: PassedOptions): string {
  return PASSED + JSON.stringify(options);
}

/** Reads them back; the app started by its icon has none of ours. */
export function readPassedOptions(argv: readonly string[]): PassedOptions {
  const passed = argv.find((arg) => arg.startsWith(PASSED));
  return passed === undefined ? {} : (JSON.parse(passed.slice(PASSED.length)) as PassedOptions);
}
