import type { App } from '../../../shared/contract/apps.ts';
import { runtimeOf } from '../../callers/runtime.ts';
import type { Runtime } from '../../callers/runtime.ts';

/** What an app runs on: as its project says, else the newest program seen behind it, else what it is called. */
export function runtimeOfApp({ name, processes, project, agent }: App): Runtime {
  const found = runtimeOf({ name: processes[0] ?? name, project });
  if (found !== 'program') return found;
  return agent ? 'node' : runtimeOf({ name });
}
