import { spawn } from 'node:child_process';
import { quoteAll } from '../quote.ts';
import { Refused, unusable, usable } from '../target.ts';
import type { Surroundings, Target } from '../target.ts';
import { originalEnvironment } from '../terminal-script.ts';
import { attachNode } from './attach-node.ts';
import { nodeProcesses, takesSignal } from './node-processes.ts';

/** As many as a person would look through. */
const MOST_SHOWN = 20;
const PATIENCE_MS = 5_000;

/** A Node program that runs already: our agent is put into it through its inspector. */
export function runningNodeTarget(around: Surroundings): Target {
  const { command, platform, runner } = around;
  const line = (...rest: string[]): string =>
    quoteAll(platform, [...command.program, 'attach', ...command.data, ...rest]);
  return {
    id: 'running-node',
    kind: 'command',
    title: 'A Node program that runs',
    says: 'Our agent looks on from now on, and says of each call which line made it. The program’s calls go the way they went.',
    async look() {
      const list = { does: 'List those that run', text: line() };
      if (around.agentPlace() === null) return unusable('This engine has no link for agents.', [list]);
      const found = (await nodeProcesses(runner, platform)).slice(0, MOST_SHOWN);
      const lines = found.map(({ pid, name, folder }) => ({
        does: folder === null ? name : `${name} in ${folder}`,
        text: line(String(pid)),
      }));
      return usable([
        list,
        ...lines,
        { does: 'Take it out again: put the process’s number', text: line('--undo', 'PID') },
      ]);
    },
    async test() {
      const node = process.versions['electron'] === undefined ? process.execPath : runner.find('node');
      const no = (says: string, remedy: string | null): Awaited<ReturnType<Target['test']>> => ({
        works: false,
        call: null,
        says,
        remedy,
      });
      if (node === null) return no('There is no Node on this machine to try it with.', null);
      const env = originalEnvironment(around.environment);
      const child = spawn(node, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore', windowsHide: true });
      try {
        const pid = await new Promise<number>((resolve, reject) => {
          child.once('error', reject);
          child.once('spawn', () => resolve(child.pid ?? 0));
        });
        for (const until = performance.now() + PATIENCE_MS; takesSignal(pid) === false && performance.now() < until;) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await attachNode({ pid, app: 'self-test', place: around.agentPlace() });
        return { works: true, call: null, says: 'A Node program of ours took the agent while it ran.', remedy: null };
      } catch (error) {
        if (error instanceof Refused) return no(error.message, error.remedy);
        return no(error instanceof Error ? error.message : String(error), null);
      } finally {
        child.kill('SIGKILL');
      }
    },
  };
}
