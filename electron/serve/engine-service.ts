import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { SettingsChange } from '../../shared/contract/settings.ts';
import { createLeases } from '../api/leases.ts';
import type { ApiDoors } from '../api/router.ts';
import { originalEnvironment } from '../engine/capture/attach/terminal-script.ts';
import { createEngine } from '../engine/engine.ts';
import type { Engine, EngineOptions } from '../engine/engine.ts';
import { openSettings } from '../engine/settings/settings.ts';
import type { AccessOptions } from '../hosts/engine-messages.ts';
import { openDataFolder } from '../hosts/data-folder.ts';
import { lockEngine, writeAtomically } from '../hosts/engine-lock.ts';
import type { WorkspaceHost } from '../hosts/workspace-host.ts';
import { ownCommand } from './own-command.ts';
import { USUAL_PORTS } from './usual-ports.ts';

/** What the engine's options say of how it reaches origins. */
export type Reach = Pick<EngineOptions, 'connectTo' | 'upstreamCa' | 'passThrough' | 'clientCertificates'> & {
  /** The policies that calls go by, where it is not the data folder's file. */
  policies?: string | undefined;
};

export interface ServiceOptions {
  dataDir: string;
  version: string;
  reach: Reach;
  /** The same as arguments of the command line, so that another run can tell whether it is what it wants. */
  reachArguments: string[];
  /** A port that was asked for must be free; undefined takes the settings', the usual one, or a free one. */
  proxyPort: number | undefined;
  workspacePort: number | undefined;
  access?: AccessOptions | undefined;
  /** Written when ready: addresses and token. */
  readyFile?: string | undefined;
  /** Ends with its last lease. */
  ephemeral?: boolean;
  /** How the command line is started, where it is not by its name or from a clone. */
  program?: string[] | undefined;
  log: (line: string) => void;
}

/** An engine with its doors open, as one process runs it. */
export interface EngineService {
  /** Where it is. */
  proxy: string;
  workspace: string;
  /** Opens the workspace in a browser; for the owner's eyes. */
  link: string;
  ca: string;
  /** For further doors in the same process. */
  doors: ApiDoors;
  /** Settles, with the reason in words, when it ought to be closed. */
  stopped: Promise<string>;
  stop(why: string): void;
  /** Closes everything in reverse: no new questions, no new calls, everything stored, the folder free. */
  close(): Promise<void>;
}

/** An engine started for a `run` that never came (it was killed between the two) does not stay. */
const FIRST_LEASE_MS = 10_000;

/**
 * Opens folder, lock, engine and HTTP door, and says where they are in engine.json. Rejects with the
 * room's own error (folder, lock, port, authority, records) after closing what was open.
 */
export async function openEngineService(options: ServiceOptions): Promise<EngineService> {
  const { dataDir, version, log } = options;
  const ephemeral = options.ephemeral === true;
  openDataFolder(dataDir);
  const lock = lockEngine(dataDir);
  let stop = (_why: string): void => {};
  const stopped = new Promise<string>((done) => (stop = done));
  let engine: Engine | null = null;
  let host: WorkspaceHost | null = null;

  async function close(): Promise<void> {
    await host?.close();
    await engine?.stop();
    lock.release();
  }

  try {
    // Loaded while the engine's threads start.
    const hosting = import('../hosts/workspace-host.ts');
    const settings = await openSettings({ dataDir, flags: flagsOf(options), log });
    const { network } = settings.current;
    engine = await onPort(options.proxyPort ?? network.proxyPort, USUAL_PORTS.proxy, (proxyPort) =>
      createEngine({
        ...options.reach,
        dataDir,
        proxyPort,
        version,
        settings,
        command: ownCommand(dataDir, options.program),
        // Started in a terminal that was set up for an engine, it would go out through that one, or itself.
        environment: originalEnvironment(process.env),
        log,
      }),
    );
    const { openWorkspaceHost } = await hosting;
    const leases = createLeases(
      () => ephemeral && stop('the last run ended'),
      (count) => engine?.coverage.attached(count),
    );
    const doors: ApiDoors = {
      engine,
      leases,
      shutdown: () => stop('asked to over the api'),
    };
    const token = randomBytes(32).toString('base64url');
    host = await onPort(options.workspacePort ?? network.workspacePort, USUAL_PORTS.workspace, (port) =>
      openWorkspaceHost({ doors, port, token, log }),
    );
    // What programs ask of our own door is no call of theirs.
    engine.agents.leaveOut(Number(new URL(host.url).port));
    const running = {
      proxy: engine.info.proxy,
      workspace: host.url,
      token,
      ca: engine.info.caPath,
      agent: engine.agents.place,
      pid: process.pid,
    };
    lock.announce({ ...running, version, ephemeral, reach: options.reachArguments });
    if (options.readyFile !== undefined) writeAtomically(resolve(options.readyFile), `${JSON.stringify(running)}\n`);
    if (ephemeral) setTimeout(() => leases.count() === 0 && stop('no run came for it'), FIRST_LEASE_MS).unref();
    const { proxy, workspace, ca } = running;
    return { proxy, workspace, link: host.link, ca, doors, stopped, stop, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What was said for this start alone, whatever the settings say. A port of 0 is any, which settings write as null. */
function flagsOf({
  proxyPort,
  workspacePort,
  access,
  reach: { passThrough = [], policies },
}: ServiceOptions): SettingsChange {
  return {
    ...(passThrough.length > 0 && { capture: { passThrough: [...passThrough] } }),
    ...(policies !== undefined && { policies: { file: policies } }),
    network: {
      ...(proxyPort !== undefined && { proxyPort: proxyPort || null }),
      ...(workspacePort !== undefined && { workspacePort: workspacePort || null }),
      ...(access?.listen !== undefined && { listen: access.listen }),
      ...(access?.requireIdentity !== undefined && { requireIdentity: access.requireIdentity }),
    },
  };
}

/** Opens on the port asked for, or on the usual one, or on a free one when the usual one is in use. */
async function onPort<T>(asked: number | null, usual: number, open: (port: number) => Promise<T>): Promise<T> {
  if (asked !== null) return open(asked);
  try {
    return await open(usual);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return open(0);
  }
}
