import { basename } from 'node:path';
import { storedName } from '../engine/capture/attach/app-name.ts';
import { agentEnv } from '../engine/capture/attach/node-agent.ts';
import { terminalEnv } from '../engine/capture/attach/terminal-env.ts';
import { originalEnvironment, setUpScript, undoScript } from '../engine/capture/attach/terminal-script.ts';
import { createTrustFiles } from '../engine/capture/attach/trust-files.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { connectOrFault } from './connect.ts';
import { ENV_SHELLS } from './env.ts';
import type { EnvOptions } from './env.ts';
import { EXIT, Fault } from './fault.ts';
import { note, write } from './terminal.ts';

/** `sallyport env` */
export async function printEnv(options: EnvOptions): Promise<void> {
  const shell = options.shell ?? usualShell();
  if (options.undo) {
    const script = undoScript(shell, process.env);
    if (script === '') return note('sallyport: this terminal is not set up, so there is nothing to undo.');
    await write(script);
    return note('sallyport: this terminal is as it was before.');
  }
  // As the terminal was before it was set up: by an engine that may have run on another port.
  const before = originalEnvironment(process.env);
  const dataDir = dataFolder(options.data);
  const { client, engine, close } = await connectOrFault(dataDir);
  const { secret } = await client.system.secret();
  await close();
  if (engine === null) throw new Fault('No engine runs. Start one with: sallyport serve', EXIT.engine);
  const app = storedName(options.app ?? shell);
  const { hostname: host, port } = new URL(engine.proxy);
  // The files are needed as long as the engine is.
  const trust = createTrustFiles({
    dataDir,
    caPath: engine.ca,
    owner: engine.pid,
    log: (line) => note(`sallyport: ${line}`),
  });
  const changes = terminalEnv({
    before,
    app,
    proxy: { host, port: Number(port), secret },
    without: options.without ?? [],
    files: trust.files,
  });
  const agent = options.agent
    ? agentEnv({ before: { ...before, ...changes }, app, run: null, mode: 'observe', place: engine.agent })
    : {};
  // SALLYPORT_DATA: so that `sallyport calls` in this terminal looks at the same calls.
  await write(setUpScript(shell, { ...changes, ...agent, SALLYPORT_DATA: dataDir }, process.env));
  note(
    process.stdout.isTTY
      ? 'sallyport: these lines are for your shell to read; see sallyport help env.'
      : `sallyport: what is started in this terminal is recorded as “${app}”; set it back with the same line and --undo.`,
  );
}

function usualShell(): (typeof ENV_SHELLS)[number] {
  if (process.platform === 'win32') return 'powershell';
  const name = basename(process.env['SHELL'] ?? '');
  return ENV_SHELLS.find((shell) => shell === name) ?? 'bash';
}
