import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { storedName } from '../engine/capture/attach/app-name.ts';
import { composeOverride } from '../engine/capture/attach/docker/compose.ts';
import { containerEnv } from '../engine/capture/attach/docker/container-env.ts';
import { HOST_NAME } from '../engine/capture/attach/docker/rewrite.ts';
import { bundlesInForce } from '../engine/capture/attach/terminal-env.ts';
import { createTrustFiles } from '../engine/capture/attach/trust-files.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { ComposeOptions } from './compose-override.ts';
import { connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { note, write } from './terminal.ts';

/** `sallyport compose-override` */
export async function printOverride(asked: readonly string[], options: ComposeOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const services = asked.length > 0 ? asked : servicesHere();
  if (services.length === 0) {
    throw new Fault('Name the services: docker compose does not say which there are here.', EXIT.usage);
  }
  const { engine, close } = await connectOrFault(dataDir);
  await close();
  if (engine === null) throw new Fault('No engine runs. Start one with: sallyport serve', EXIT.engine);
  const port = Number(new URL(engine.proxy).port);
  const way = readWay(options.proxy);
  const app = storedName(options.app ?? (way && decodeURIComponent(way.username)) ?? basename(process.cwd()));
  const { files } = createTrustFiles({ dataDir, caPath: engine.ca, log: (line) => note(`sallyport: ${line}`) });
  const folder = join(dataDir, 'container');
  const variables = containerEnv({
    app,
    run: null,
    proxy: { host: way?.hostname ?? HOST_NAME, port: way === null ? port : Number(way.port || '80') },
    ownPort: null,
    without: [],
    bundle: files.bundle(bundlesInForce(process.env)),
    caPath: engine.ca,
    folder,
    // What the services' images need of these variables is not known here.
    image: null,
  });
  const ours = `http://${encodeURIComponent(app)}:run@`;
  const said = Object.entries(variables).map(([name, value]): [string, string] => [
    name,
    way !== null && value.startsWith(ours) ? way.href.replace(/\/$/, '') : value,
  ]);
  const linux = process.platform === 'linux';
  await write(
    composeOverride(services, {
      variables: Object.fromEntries(said),
      folder,
      hostAddress: linux ? 'host-gateway' : null,
    }),
  );
  if (linux && way === null)
    note(
      'sallyport: on Linux containers reach the engine only where it listens for them: sallyport help compose-override',
    );
}

function readWay(text: string | undefined): URL | null {
  if (text === undefined) return null;
  const way = URL.parse(text);
  if (way?.protocol !== 'http:') {
    throw new Fault('--proxy takes an address such as http://NAME:SECRET@host.docker.internal:4780', EXIT.usage);
  }
  return way;
}

/** What docker compose makes of the files in this folder; none without it. */
function servicesHere(): string[] {
  const { status, stdout } = spawnSync('docker', ['compose', 'config', '--services'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? stdout.split('\n').filter(Boolean) : [];
}
