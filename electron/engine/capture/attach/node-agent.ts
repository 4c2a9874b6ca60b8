import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LINK_ENV } from '../../../../shared/agent/link.ts';
import type { AgentMode } from '../../../../shared/agent/link.ts';

type Environment = Record<string, string | undefined>;

/** Where a running engine's link for agents is. */
export interface AgentPlace {
  socket: string;
  secretFile: string;
}

/** The file that Node programs load before their own code; null when this build has none. */
export function agentFile(): string | null {
  // Beside the bundled program; a program that runs from its sources takes what the last build made.
  const near = import.meta.url.endsWith('.ts') ? '../../../../dist/agent/agent.cjs' : './agent/agent.cjs';
  // The packaged app has it beside its archive, which no other program can look into.
  const path = fileURLToPath(new URL(near, import.meta.url)).replace(/\.asar(?=[\\/])/, '.asar.unpacked');
  return existsSync(path) ? path : null;
}

/**
 * The variables that put our agent into Node programs, their children and workers: NODE_OPTIONS as it was and one more
 * option, and where the engine's link is. Nothing where there is no agent or no link.
 * @param run id of the run whose calls these are; null for terminals
 * @returns only what changes
 */
export function agentEnv(given: {
  before: Environment;
  app: string;
  run: string | null;
  mode: AgentMode;
  place: AgentPlace | null | undefined;
  file?: string | null;
}): Record<string, string> {
  const { before, app, run, mode, place, file = agentFile() } = given;
  if (!place || file === null) return {};
  return {
    NODE_OPTIONS: withOption(before['NODE_OPTIONS'] ?? '', `--require=${quoteOption(file)}`),
    [LINK_ENV.socket]: place.socket,
    [LINK_ENV.secretFile]: place.secretFile,
    [LINK_ENV.app]: app,
    ...(run !== null && { [LINK_ENV.run]: run }),
    ...(mode !== 'observe' && { [LINK_ENV.mode]: mode }),
  };
}

/** The environment without an agent's link: for programs of ours, which are nobody's calls. */
export function withoutAgent(environment: Environment): Environment {
  const rest = { ...environment };
  for (const name of Object.values(LINK_ENV)) delete rest[name];
  return rest;
}

/** One more option behind those there are; once is enough where one run starts another. */
function withOption(options: string, option: string): string {
  if (options.trim() === '') return option;
  return options.includes(option) ? options : `${options} ${option}`;
}

/** As Node takes NODE_OPTIONS apart: blanks divide, double quotes hold together, a backslash counts only inside of them. */
function quoteOption(text: string): string {
  return /[\s"]/.test(text) ? `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"` : text;
}
