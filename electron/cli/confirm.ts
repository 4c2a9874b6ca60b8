import { createInterface } from 'node:readline/promises';
import { EXIT, Fault } from './fault.ts';

/** Asks on the terminal whether to go ahead; `yes` is the answer already. Without a terminal nothing is done. */
export async function confirm(yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new Fault('There is no terminal to ask on; add --yes to go ahead.', EXIT.usage);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Go ahead? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
