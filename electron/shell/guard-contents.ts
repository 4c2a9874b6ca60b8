import { basename } from 'node:path';
import type { Session, WebContents } from 'electron';
import type { ElectronMain } from './electron-main.ts';

/** What a window shows, and may reach. */
export interface Ground {
  /** Origin of its pages: `app://sallyport`, or an engine's `http://127.0.0.1:PORT`. */
  origin: string;
}

/** The one power our pages have: putting text on the clipboard when somebody asks. */
const ALLOWED = 'clipboard-sanitized-write';

/** Refuses everything that a page can ask of the system, and everything that is not our own address. */
export function guardSession(session: Session, grounds: () => readonly Ground[]): void {
  const isOurs = (url: string): boolean => grounds().some(({ origin }) => originOf(url) === origin);
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === ALLOWED && contents !== null && isOurs(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, requesting) => permission === ALLOWED && isOurs(requesting),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event, item) => {
    // What is ours is saved where the user says, in the system's own dialog.
    if (mayLoad(item.getURL(), grounds())) item.setSaveDialogOptions({ defaultPath: basename(item.getFilename()) });
    else event.preventDefault();
  });
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url, grounds()) }));
}

/** Pages may load what is ours and what they made themselves; developer tools load their own. */
export function mayLoad(url: string, grounds: readonly Ground[]): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  if (parsed.protocol === 'devtools:' || parsed.protocol === 'data:') return true;
  if (parsed.protocol === 'blob:') return grounds.some(({ origin }) => parsed.pathname.startsWith(`${origin}/`));
  const origin = originOf(url).replace(/^ws:/, 'http:');
  return grounds.some((ground) => ground.origin === origin);
}

/** Keeps a window where it is: no other page in it, nothing embedded, no window that we did not make. */
export function guardContents(
  contents: WebContents,
  ground: Ground,
  open: { outside(url: string): void; another(url: string): void },
): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    if (originOf(event.url) !== ground.origin) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || originOf(event.url) !== ground.origin) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (originOf(url) === ground.origin) open.another(url);
    else open.outside(url);
    return { action: 'deny' };
  });
}

/** Opens an address in the system's browser, if it is one for a browser. */
export async function openOutside({ shell }: Pick<ElectronMain, 'shell'>, url: string): Promise<boolean> {
  if (!isOutside(url)) return false;
  await shell.openExternal(url);
  return true;
}

/** Schemes of editors that open a file by `SCHEME://file/PATH:LINE`, and do nothing else by such an address. */
const FILE_EDITORS = new Set(['vscode:', 'vscode-insiders:', 'vscodium:', 'cursor:', 'windsurf:', 'zed:']);
/** Schemes of editors that open a file by `SCHEME://open?file=PATH` or `?url=file://PATH`. */
const OPEN_EDITORS = new Set([
  'idea:',
  'webstorm:',
  'pycharm:',
  'goland:',
  'phpstorm:',
  'rubymine:',
  'rider:',
  'clion:',
  'subl:',
  'txmt:',
]);

/** Only https, and a file in an editor, with nothing in it that is not an address: other schemes start programs. */
export function isOutside(url: string): boolean {
  if (url.length > 2000) return false;
  try {
    const { protocol, username, password, hostname, pathname } = new URL(url);
    if (username !== '' || password !== '') return false;
    // A path that begins with two slashes would be another machine's.
    if (FILE_EDITORS.has(protocol)) return hostname === 'file' && /^\/(?![\\/])/.test(pathname);
    if (OPEN_EDITORS.has(protocol)) return hostname === 'open';
    return protocol === 'https:' && hostname !== '';
  } catch {
    return false;
  }
}

/** `scheme://host:port`, also of schemes whose origin the platform calls opaque. */
export function originOf(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return '';
  }
}
