/** Why an engine could not be opened. */
export interface StartProblem {
  /** What happened, why, and what to do. */
  why: string;
  /** Whether another engine holds the folder, an option was wrong, or the machine is in the way. */
  kind: 'held' | 'usage' | 'engine';
}

/** The problem behind an error of openEngineService, for people; null for a bug. */
export function explainStart(error: unknown): StartProblem | null {
  if (!(error instanceof Error)) return null;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return {
      why: `Port ${port ?? ''} is in use by another program. Name another with --proxy-port or --workspace-port; 0 takes a free one.`,
      kind: 'engine',
    };
  if (code === 'EACCES' && port !== undefined)
    return { why: `Port ${port} may not be used by this user. Name one above 1023.`, kind: 'engine' };
  if (code === 'EADDRNOTAVAIL')
    return {
      why: `${(error as { address?: string }).address ?? 'That'} is no address of this machine, so the proxy cannot listen on it.`,
      kind: 'usage',
    };
  // Errors made for people: the lock, the options, the folder, the CA, the databases.
  const kind = KINDS[error.constructor.name];
  return kind === undefined ? null : { why: error.message, kind };
}

const KINDS: Readonly<Record<string, StartProblem['kind'] | undefined>> = {
  EngineLockError: 'held',
  ReachError: 'usage',
  ListenError: 'usage',
  DataFolderError: 'engine',
  CaUnusable: 'engine',
  RecordsUnusable: 'engine',
};
