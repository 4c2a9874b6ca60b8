import { Option } from 'commander';
import type { Command } from 'commander';
import { AGENT_MODES } from '../../shared/agent/link.ts';
import type { AgentMode } from '../../shared/agent/link.ts';
import type { HookName } from '../engine/capture/attach/hooks/names.ts';
import { dataOption, reachArguments, reachOptions, withoutOption } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';

interface RunCommandOptions extends ReachOptions {
  data?: string;
  app?: string;
  quiet?: boolean;
  requireRecording?: boolean;
  without?: HookName[];
  agent: boolean;
  agentMode: AgentMode;
}

/** Why this program must not run without the engine; null when it may. */
function refusalOf(options: RunCommandOptions): string | null {
  if (options.requireRecording) return '; it would have run unrecorded.';
  const [option] = reachArguments(options);
  return option === undefined ? null : `; without an engine, ${option} would not hold.`;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('run a program with its calls going through Sallyport')
    .argument('<command>', 'the program')
    .argument('[arguments...]', 'its arguments, as they are')
    .addOption(dataOption())
    .option('-a, --app <name>', 'what to call the program in the records (default: made of its name and folder)')
    .option('-q, --quiet', 'do not print the summary')
    .option('--no-agent', 'leave our agent out of Node programs: their calls are recorded without package and line')
    .addOption(
      new Option('--agent-mode <mode>', 'observe: the agent looks on; govern: it asks the engine before a call leaves')
        .choices(AGENT_MODES)
        .default('observe'),
    )
    .option('--require-recording', 'do not run the program at all when it cannot be recorded');
  for (const option of [withoutOption(), ...reachOptions()]) command.addOption(option);
  command
    .passThroughOptions()
    .addHelpText(
      'after',
      `
The program gets our terminal, its signals and its own exit code. An engine is started when none
runs, and ends with it. When none can be had (a full disk, say) the program runs unrecorded, and
standard error says so; --require-recording refuses instead, and so does any option that says how
origins are reached. Exit codes of our own: 125 the program was not started because of us,
126 it cannot be executed, 127 it was not found.

Examples:
  sallyport run -- curl -s https://example.com/
  sallyport run --app billing -- npm test
  sallyport run --connect-to api.example.com:443=127.0.0.1:8443 --upstream-ca test-ca.pem -- node app.js
`,
    )
    .action(async (name: string, args: string[], options: RunCommandOptions) => {
      const [{ run }, { attachEngine }, { dataFolder }] = await Promise.all([
        import('./run.ts'),
        import('./attach-engine.ts'),
        import('../hosts/data-folder.ts'),
      ]);
      await run({
        command: name,
        args,
        app: options.app,
        dataDir: options.data,
        quiet: options.quiet === true,
        agent: options.agent ? options.agentMode : null,
        without: options.without ?? [],
        refuse: refusalOf(options),
        env: process.env,
        attach: () => attachEngine({ dataDir: dataFolder(options.data), leaseName: `run ${name}`, reach: options }),
      });
    });
}
