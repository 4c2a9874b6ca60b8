// The command line's entry.
import { CommanderError } from 'commander';
import { EXIT, Fault } from './fault.ts';
import { startsWithNot } from '../../shared/query/fields.ts';
import { createProgram } from './program.ts';
import { endWithReader, note } from './terminal.ts';

/** Runs the command line; the exit code, unless the command ends the process itself. */
async function main(args: readonly string[]): Promise<number> {
  endWithReader();
  const program = createProgram();
  try {
    if (args.length === 0) {
      program.outputHelp();
      return EXIT.fine;
    }
    await program.parseAsync(args.map(asArgument), { from: 'user' });
    return Number(process.exitCode ?? EXIT.fine);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (error instanceof Fault) {
      note(`sallyport: ${error.message}`);
      return error.exitCode;
    }
    note(
      `sallyport: something went wrong that should not: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return EXIT.failed;
  }
}

/** A filter may begin with a minus (`-host:localhost`); with a space before it the parser sees no option in it. */
function asArgument(arg: string, _index: number, args: readonly string[]): string {
  return args[0] === 'calls' && startsWithNot(arg) ? ` ${arg}` : arg;
}

const code = await main(process.argv.slice(2));
// Pipes on some systems are written behind our back: leave when they are, not before.
process.exitCode = code;
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
