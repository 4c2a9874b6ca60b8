import { spawn } from 'node:child_process';
import { shellQuote } from '../../shared/format/shell-quote.ts';
import type { Machine, TrustStep } from '../engine/authority/trust/step.ts';
import { readCertificate, thisMachine, trustSteps } from '../engine/authority/trust/trust-steps.ts';
import type { TrustPlan } from '../hosts/engine-messages.ts';

export type TrustChange = 'install' | 'uninstall';

/** Runs a program to its end: null, or why it failed. */
export type RunProgram = (command: readonly [string, ...string[]]) => Promise<string | null>;

/**
 * Trust without a terminal: where a step needs the administrator, the system's own window asks for the password
 * (pkexec). `machine`, `run` and `isRoot` stand in for this machine in tests.
 */
export function createTrust(
  caPath: string,
  machine: Machine = thisMachine(),
  run: RunProgram = runProgram,
  isRoot: boolean = process.getuid?.() === 0,
): {
  plan(what: TrustChange): TrustPlan;
  change(what: TrustChange): Promise<{ done: boolean; why: string | null; left: string[] }>;
} {
  const steps = (what: TrustChange): TrustStep[] => trustSteps(what, readCertificate(caPath), machine);
  const commandOf = ({ command, asRoot }: TrustStep): readonly [string, ...string[]] =>
    asRoot && !isRoot ? ['pkexec', ...command] : command;
  const textOf = (step: TrustStep): string => commandOf(step).map(shellQuote).join(' ');

  function obstacle(list: readonly TrustStep[]): string | null {
    if (list.length === 0)
      return `How this system keeps its trusted roots is not known. Add ${caPath} by its own means; programs under “sallyport run” trust it as it is.`;
    if (!isRoot && list.some(({ asRoot }) => asRoot) && !machine.has('pkexec'))
      return 'It needs the administrator, and this system has no window to ask for the password (pkexec). In a terminal: sallyport ca install';
    return null;
  }

  return {
    plan(what) {
      const { name, path } = readCertificate(caPath);
      const list = steps(what);
      return {
        certificate: { name, path },
        steps: list.map((step) => ({ says: step.says, command: textOf(step), optional: step.optional })),
        why: obstacle(list),
      };
    },
    async change(what) {
      const list = steps(what);
      const why = obstacle(list);
      if (why !== null) return { done: false, why, left: [] };
      const left: string[] = [];
      for (const step of list) {
        const failed = await run(commandOf(step));
        if (failed === null) continue;
        if (!step.optional) {
          const said = `This failed (${failed}): ${textOf(step)}. The steps before it were done; the ones after it were not.`;
          return { done: false, why: said, left };
        }
        left.push(`${step.says} (${failed})`);
      }
      return { done: true, why: null, left };
    },
  };
}

function runProgram([file, ...args]: readonly [string, ...string[]]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', windowsHide: true });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? null : `exit code ${signal ?? code}`));
  });
}
