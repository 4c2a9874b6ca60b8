// What may be the matter when a program ran and no call of it came.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/** Commands that run programs in the Node that is found on the PATH. */
const NODE_RUNNERS = new Set(['node', 'npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'tsx']);
const SHOWN_ENTRIES = 5;

/** Sentences for people; none when nothing is known. `env` is what the program was started with. */
export function whyNoCall(command: string, env: NodeJS.ProcessEnv): string[] {
  return [...bypassed(env), ...oldNode(command, env)];
}

function bypassed(env: NodeJS.ProcessEnv): string[] {
  const [name, value] =
    ['no_proxy', 'NO_PROXY'].map((key) => [key, env[key] ?? ''] as const).find((pair) => pair[1]) ?? [];
  const entries = (value ?? '').split(/[\s,]+/).filter(Boolean);
  if (entries.length === 0) return [];
  if (entries.includes('*')) return [`${name}=* lets every call go past Sallyport; unset it for this run.`];
  const shown = entries.slice(0, SHOWN_ENTRIES).join(', ');
  const more = entries.length > SHOWN_ENTRIES ? ` and ${entries.length - SHOWN_ENTRIES} more` : '';
  return [`calls to what ${name} names (${shown}${more}) go past Sallyport; unset it for this run if they should not.`];
}

/** Node follows proxy variables, when told to, from 22.21 and 24.0 on. */
function oldNode(command: string, env: NodeJS.ProcessEnv): string[] {
  const name = basename(command.replaceAll('\\', '/')).replace(/\.(exe|cmd)$/i, '');
  if (!NODE_RUNNERS.has(name)) return [];
  const node = name === 'node' ? command : 'node';
  const said =
    spawnSync(node, ['--version'], { env, encoding: 'utf8', timeout: 5_000, windowsHide: true }).stdout ?? '';
  const [version, major = 0, minor = 0] =
    /^v(\d+)\.(\d+)\.\S+/.exec(said.trim())?.map((part, i) => (i ? Number(part) : part)) ?? [];
  if (version === undefined || Number(major) >= 24 || (Number(major) === 22 && Number(minor) >= 21)) return [];
  return [`the fetch and http of Node ${version} do not follow a proxy; those of Node 22.21, and of 24 and later, do.`];
}
