import { quoteAll } from './quote.ts';
import { probe, probeChanges } from './probe.ts';
import { usable } from './target.ts';
import type { Surroundings, Target } from './target.ts';
import { originalEnvironment } from './terminal-script.ts';

/** `sallyport run -- …`: one program, for as long as it runs. */
export function runTarget(around: Surroundings): Target {
  const { command } = around;
  const line = (...rest: string[]): string =>
    quoteAll(around.platform, [...command.program, 'run', ...command.data, ...rest]);
  return {
    id: 'run',
    kind: 'command',
    title: 'Run a command',
    says: 'One program, its calls listed under a name. Nothing has to be installed or undone.',
    look: async () =>
      usable([
        { does: 'Run a program with its calls recorded', text: line('--', 'npm', 'test') },
        { does: 'The same under a name of your own', text: line('--app', 'billing', '--', 'node', 'server.js') },
      ]),
    test: () =>
      around.selfTest.check('A program under the same environment', (url) =>
        probe(around, url, { ...originalEnvironment(around.environment), ...probeChanges(around) }),
      ),
  };
}
