import { join } from 'node:path';
import { startListening } from './listening-engine.ts';
import { startOrigins } from './origins.ts';
import { buildAgent, runNode } from './program.ts';

export interface SoakResult {
  made: number;
  /** Calls that the engine was told of whole. */
  told: number;
  /** Bytes of heap, after collection, at the end against after the first tenth. */
  heapGrowth: number;
}

/** Runs test/agent/programs/many-calls.mjs under the agent. */
export async function soak(calls: number): Promise<SoakResult> {
  const [agent, origins, engine] = await Promise.all([buildAgent(), startOrigins(), startListening({ forget: true })]);
  const program = join(import.meta.dirname, 'programs', 'many-calls.mjs');
  const ran = await runNode(
    ['--expose-gc', '--require', agent.file, program, origins.addresses.plain, String(calls)],
    engine.env,
  );
  if (ran.code !== 0) throw new Error(ran.stderr);
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  await engine.stop();
  agent.remove();
  origins.stop();
  const { made, heapGrowth } = JSON.parse(ran.stdout) as { made: number; heapGrowth: number };
  return { made, told: engine.whole(), heapGrowth };
}
