// `sallyport run -- docker run …`: what runs is the container, so it is the container that is led to the engine.
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { containerEnv } from '../engine/capture/attach/docker/container-env.ts';
import { bridgeAddress, imageEnvironment, type AskDocker } from '../engine/capture/attach/docker/gateway.ts';
import { readContainerCommand } from '../engine/capture/attach/docker/read-command.ts';
import { HOST_NAME, reachOf, rewriteContainerCommand } from '../engine/capture/attach/docker/rewrite.ts';
import type { HookName } from '../engine/capture/attach/hooks/names.ts';
import type { TerminalEnvOptions } from '../engine/capture/attach/terminal-env.ts';

/** What of a run a container needs. */
export interface ContainerRun {
  command: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
  app: string;
  run: string;
  proxy: TerminalEnvOptions['proxy'];
  /** A port for runtimes that can say no name. */
  ownPort: number | null;
  without: readonly HookName[];
  dataDir: string;
  caPath: string;
  bundle: string;
  /** Writes a file that is gone with the run. */
  keepForRun(name: string, content: string): string;
  /** Another port of the proxy, on an address beside loopback; whoever comes there has to prove who they are. */
  portAt(host: string): Promise<number>;
  say(line: string): void;
  platform?: NodeJS.Platform;
}

/** The arguments to run the command with: as they are, unless it starts a container that can be led to the engine. */
export async function leadContainer(run: ContainerRun): Promise<readonly string[]> {
  const { command, args, app, proxy, ownPort, without, dataDir, say, platform = process.platform } = run;
  if (!/^(docker|podman)(\.exe)?$/.test(basename(command.replaceAll('\\', '/')))) return args;
  const reach = reachOf(args);
  if (reach === 'no-container' || reach === 'no-network') return args;
  if (reach === 'outlives') {
    say(
      'this container goes on when the run is over, and would find no engine then: it runs as it is. See: sallyport help compose-override',
    );
    return args;
  }
  try {
    const ask: AskDocker = (words) => {
      const { status, stdout } = spawnSync(command, [...words], { env: run.env, encoding: 'utf8', timeout: 5_000 });
      return status === 0 ? stdout.trim() : null;
    };
    const here = platform === 'linux';
    const hostAddress = here && reach === 'named' ? bridgeAddress(ask) : null;
    if (here && reach === 'named' && hostAddress === null) {
      say('docker has no bridge on this machine, so the container cannot reach the engine: it runs as it is.');
      return args;
    }
    const folder = join(dataDir, 'container');
    const variables = containerEnv({
      app,
      run: run.run,
      proxy:
        reach === 'loopback'
          ? proxy
          : { ...proxy, host: HOST_NAME, port: hostAddress === null ? proxy.port : await run.portAt(hostAddress) },
      ownPort: hostAddress === null ? ownPort : null,
      without,
      bundle: run.bundle,
      caPath: run.caPath,
      folder,
      image: imageEnvironment(ask, readContainerCommand(args)?.image ?? ''),
    });
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    const envFile = run.keepForRun('container.env', lines.join(''));
    return rewriteContainerCommand(args, { envFile, folder, hostAddress });
  } catch (error) {
    say(`the container runs as it is: ${error instanceof Error ? error.message : String(error)}`);
    return args;
  }
}
