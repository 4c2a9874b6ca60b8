import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOOR_HEADERS, NO_POWERS, pagePolicy, withNonce } from './page-policy.ts';

/** An answer without a transport: both the HTTP door and the desktop's protocol send it. */
export interface FileAnswer {
  status: 200 | 404 | 503;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

export interface WorkspaceFiles {
  /** Whether the workspace has been built. */
  built(): boolean;
  /** The page, for every address of the workspace: views are told apart by the page itself. */
  page(sockets?: readonly string[]): Promise<FileAnswer | null>;
  /** A file of the workspace by its path (`/assets/…`); null when there is none. */
  file(path: string, sockets?: readonly string[]): Promise<FileAnswer | null>;
}

/** Types that browsers insist on; anything else is a download. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Names as the build writes them. No part begins with a dot, so no path leads out or to what is hidden. */
const PLAIN_PATH = /^(?:\/[\w@-][\w@.~-]*)+$/;
/** What the build names by its content, and so never changes: `name-Hash8chr.ext` under assets/. */
const HASHED = /^\/assets\/(?:.*\/)?[^/]+-[\w-]{8,}\.\w+$/;

/** Where the build puts the workspace: beside the bundle, or in dist/ for the sources. */
export function workspaceFolder(): string {
  const beside = fileURLToPath(new URL('./workspace/', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/workspace/', import.meta.url));
}

/** The built workspace in a folder. Files are looked up when they are asked for: a build may come while we run. */
export function createWorkspaceFiles(folder: string): WorkspaceFiles {
  const index = join(folder, 'index.html');

  async function read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const real = await realpath(join(folder, path));
      // A link in the folder must not lead out of it.
      if (!real.startsWith((await realpath(folder)) + sep)) return null;
      return new Uint8Array(await readFile(real));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
      throw error;
    }
  }

  return {
    built: () => existsSync(index),
    async page(sockets = []) {
      const bytes = await read('/index.html');
      if (!bytes) return null;
      const { html, nonce } = withNonce(new TextDecoder().decode(bytes));
      const policy = pagePolicy({ sockets, ...(nonce === undefined ? {} : { nonce }) });
      return answer(new TextEncoder().encode(html), TYPES['.html'] ?? '', 'no-store', policy);
    },
    async file(path, sockets = []) {
      if (!PLAIN_PATH.test(path) || path === '/index.html') return null;
      const bytes = await read(path);
      // A worker lives by the policy of its own file, so files have the page's.
      return (
        bytes &&
        answer(
          bytes,
          TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
          HASHED.test(path) ? 'private, max-age=31536000, immutable' : 'no-store',
          pagePolicy({ sockets }),
        )
      );
    },
  };
}

function answer(body: Uint8Array<ArrayBuffer>, type: string, caching: string, policy: string): FileAnswer {
  return {
    status: 200,
    headers: {
      ...DOOR_HEADERS,
      'Cache-Control': caching,
      'Content-Length': String(body.length),
      'Content-Security-Policy': policy,
      'Content-Type': type,
      'Permissions-Policy': NO_POWERS,
    },
    body,
  };
}
