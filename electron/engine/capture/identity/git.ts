// Where a folder's history is kept, read from the clone's own files: nothing is started.
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

export interface Git {
  /** Without user names and passwords; null when there is none. */
  gitRemote: string | null;
  gitBranch: string | null;
}

const NONE: Git = { gitRemote: null, gitBranch: null };

/** Of the clone that `folder` lies in; worktrees and submodules have a file in the place of the `.git` folder. */
export function readGit(folder: string, root = ''): Git {
  for (let at = folder, level = 0; level < 24; level += 1) {
    const gitDir = gitDirOf(at, root);
    if (gitDir !== null) return read(gitDir, root);
    const up = dirname(at);
    if (up === at) break;
    at = up;
  }
  return NONE;
}

function gitDirOf(folder: string, root: string): string | null {
  const path = join(folder, '.git');
  if (readOr(join(root + path, 'HEAD')) !== null) return path;
  const pointed = /^gitdir:\s*(.+?)\s*$/m.exec(readOr(root + path) ?? '')?.[1];
  return pointed === undefined ? null : isAbsolute(pointed) ? pointed : resolve(folder, pointed);
}

function read(gitDir: string, root: string): Git {
  const head = readOr(join(root + gitDir, 'HEAD'))?.trim() ?? '';
  // A worktree keeps its own HEAD and shares the rest.
  const shared = readOr(join(root + gitDir, 'commondir'))?.trim();
  const common = shared === undefined ? gitDir : isAbsolute(shared) ? shared : resolve(gitDir, shared);
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
  return {
    gitBranch: branch ?? (/^[0-9a-f]{40,64}$/.test(head) ? head.slice(0, 12) : null),
    gitRemote: remoteIn(readOr(join(root + common, 'config')) ?? ''),
  };
}

/** `origin`'s address, else the first one's. */
export function remoteIn(config: string): string | null {
  const addresses = [...config.matchAll(/^\[remote "([^"]+)"\]([^[]*)/gm)].flatMap(([, name, body]) => {
    const url = /^\s*url\s*=\s*(\S+)/m.exec(body!)?.[1];
    return url === undefined ? [] : [{ name, url }];
  });
  const chosen = addresses.find(({ name }) => name === 'origin') ?? addresses[0];
  return chosen === undefined ? null : withoutCredentials(chosen.url);
}

function withoutCredentials(url: string): string {
  // `git@host:path` names the protocol's user, not a person.
  const plain = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^/@]*@)+/i, '$1').replace(/[?#].*$/, '');
  return plain.slice(0, 500);
}

function readOr(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > 1_000_000 ? null : text;
  } catch {
    return null;
  }
}
