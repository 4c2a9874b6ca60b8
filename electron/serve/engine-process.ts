// The engine in a process of the desktop shell's (Electron's utilityProcess): options in the first argument as JSON,
// everything else by messages.
import type { EngineProcessOptions } from '../hosts/engine-messages.ts';
import { runEngineProcess } from './run-engine-process.ts';
import type { ShellPort } from './run-engine-process.ts';

const { parentPort } = process as { parentPort?: ShellPort };
if (!parentPort) {
  process.stderr.write(
    'sallyport: this is a part of the desktop app and does nothing by itself; see: sallyport serve\n',
  );
  process.exit(2);
}
const options = JSON.parse(process.argv[2] ?? '{}') as EngineProcessOptions;
// What was said last has to leave before the process does.
await runEngineProcess(options, parentPort, (exitCode) => setTimeout(() => process.exit(exitCode), 50));
