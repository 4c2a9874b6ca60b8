import type { Settings } from '../../../shared/contract/settings.ts';
import { DEFAULT_BODY_LIMIT } from '../archive/archive.ts';
import { DEFAULT_BUDGETS } from '../store/store.ts';

/** What counts where nobody has said otherwise. */
export const DEFAULT_SETTINGS: Settings = {
  capture: { bodyLimit: DEFAULT_BODY_LIMIT, passThrough: [] },
  retention: { ...DEFAULT_BUDGETS },
  redaction: { names: [], plain: [] },
  network: {
    upstreamProxy: 'environment',
    noProxy: [],
    proxyPort: null,
    listen: [],
    requireIdentity: 'no',
    workspacePort: null,
  },
  places: { databases: [] },
  policies: { file: null },
};

/** Paths that are read once, at the start. */
export const AT_START = ['network.proxyPort', 'network.workspacePort', 'network.listen', 'policies.file'] as const;
