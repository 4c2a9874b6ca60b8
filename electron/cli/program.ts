// Every command's options are here at once, what it does is loaded when it is called: `--help`
// and mistakes cost no more than the parser.
import { Command } from 'commander';
import { addAttach } from './attach.ts';
import { addApps } from './apps.ts';
import { addCa } from './ca.ts';
import { addCall } from './call.ts';
import { addCalls } from './calls.ts';
import { addComposeOverride } from './compose-override.ts';
import { addCosts } from './costs.ts';
import { addCoverage } from './coverage.ts';
import { addDoctor } from './doctor.ts';
import { addMap } from './map.ts';
import { addMock } from './mock-command.ts';
import { addOpen } from './open.ts';
import { addEnv } from './env.ts';
import { addEnvironment } from './environment.ts';
import { addImport } from './import.ts';
import { addPolicy } from './policy.ts';
import { addPrices } from './prices.ts';
import { addProbe } from './probe.ts';
import { addReconcile } from './reconcile.ts';
import { addReplay } from './replay.ts';
import { addReprice } from './reprice.ts';
import { addRun } from './run-command.ts';
import { addServe } from './serve.ts';
import { addStart } from './start.ts';
import { addVendors } from './vendors.ts';
import { version } from './version.ts';

/** The commands and their options. */
export function createProgram(): Command {
  const program = new Command('sallyport')
    .description('See and govern every API call that leaves this machine.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, print) => print(text.replace(/^error: /, 'sallyport: ')) })
    .exitOverride()
    // Options of a program that is run are its own.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Exit codes: 0 fine; 1 not there, or a check failed; 2 the command line or a filter is wrong;
3 the engine, its folder or its ports; 4 another engine uses the folder. \`run\` ends as its program ended.

Examples:
  sallyport run -- curl -s https://example.com/
  sallyport calls 'status:>=400 since:-1h'
  sallyport call 1 --format curl
`,
    );
  addStart(program);
  addServe(program);
  addOpen(program);
  addRun(program);
  addMock(program);
  addEnv(program);
  addAttach(program);
  addComposeOverride(program);
  addCalls(program);
  addCall(program);
  addReplay(program);
  addEnvironment(program);
  addProbe(program);
  addApps(program);
  addVendors(program);
  addPolicy(program);
  addCosts(program);
  addMap(program);
  addPrices(program);
  addReprice(program);
  addReconcile(program);
  addImport(program);
  addCa(program);
  addCoverage(program);
  addDoctor(program);
  pointToHelp(program, '');
  return program;
}

/** A mistake on the command line is followed by where the right way is written. */
function pointToHelp(command: Command, above: string): void {
  const name = `${above}${command.name()}`;
  command.showHelpAfterError(`See: ${name} --help`);
  for (const below of command.commands) pointToHelp(below, `${name} `);
}
