import { storedName } from '../engine/capture/attach/app-name.ts';
import { createRunner } from '../engine/capture/attach/run-tool.ts';
import { attachNode, detachNode } from '../engine/capture/attach/running/attach-node.ts';
import { nodeProcesses } from '../engine/capture/attach/running/node-processes.ts';
import { Refused } from '../engine/capture/attach/target.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { AttachOptions } from './attach.ts';
import { connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { note, write } from './terminal.ts';

/** `sallyport attach` */
export async function attachProcess(pid: number | undefined, options: AttachOptions): Promise<void> {
  const found = await nodeProcesses(createRunner(process.env));
  if (pid === undefined) {
    for (const { pid: each, name, folder } of found) await write(`${each}\t${name}\t${folder ?? ''}\n`);
    if (found.length === 0) note('sallyport: no Node program of yours runs, or this system does not say.');
    return;
  }
  // A signal that is meant for Node's inspector ends most other programs.
  if (process.platform !== 'win32' && !found.some((each) => each.pid === pid)) {
    throw new Fault(
      `Process ${pid} is no Node program of yours that runs. See those that do: sallyport attach`,
      EXIT.failed,
    );
  }
  try {
    if (options.undo) {
      if (!(await detachNode(pid))) throw new Fault(`Our agent is not in process ${pid}.`, EXIT.failed);
      return note(`sallyport: process ${pid} tells nothing more.`);
    }
    const { engine, close } = await connectOrFault(dataFolder(options.data));
    await close();
    if (engine === null) throw new Fault('No engine runs. Start one with: sallyport serve', EXIT.engine);
    const app = options.app === undefined ? null : storedName(options.app);
    await attachNode({ pid, app, place: engine.agent ?? null });
    note(`sallyport: process ${pid} is looked at; take the agent out again with: sallyport attach ${pid} --undo`);
  } catch (error) {
    if (error instanceof Refused) throw new Fault(`${error.message} ${error.remedy}`, EXIT.failed);
    throw error;
  }
}
