import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BrowserWindow } from 'electron';
import type { SaveRequest, SendRequest } from '../../shared/desktop/bridge.ts';
import type { ElectronMain } from './electron-main.ts';
import { isRecord } from './keep-json.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';

type Ask = (request: Request) => Promise<Response>;

/** Asks where to, and writes the engine's answer there: to a file beside it first, so that a cut one is never taken for whole. */
export async function saveAs(
  { dialog, app }: Pick<ElectronMain, 'dialog' | 'app'>,
  window: BrowserWindow,
  { path, name }: SaveRequest,
  ask: Ask,
): Promise<{ saved: boolean }> {
  const chosen = await dialog.showSaveDialog(window, { defaultPath: join(app.getPath('downloads'), basename(name)) });
  if (chosen.canceled || chosen.filePath === '') return { saved: false };
  const answer = await ask(new Request(PAGE_ORIGIN + path));
  if (!answer.ok || !answer.body) throw new Error(await saidBy(answer));
  const beside = `${chosen.filePath}.part`;
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(beside, { mode: 0o600 }));
    await rename(beside, chosen.filePath);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Error(`It could not be written to ${chosen.filePath}: ${reasonOf(error)}.`, { cause: error });
  }
  return { saved: true };
}

/** Asks for a file and sends it to the engine as it is read. */
export async function sendFile(
  { dialog }: Pick<ElectronMain, 'dialog'>,
  window: BrowserWindow,
  { path, title, extensions, type }: SendRequest,
  ask: Ask,
): Promise<{ sent: false } | { sent: true; name: string; answer: unknown }> {
  const filters = extensions.length === 0 ? [] : [{ name: title, extensions: [...extensions] }];
  const chosen = await dialog.showOpenDialog(window, { title, filters, properties: ['openFile'] });
  const file = chosen.filePaths[0];
  if (chosen.canceled || file === undefined) return { sent: false };
  const about = await stat(file).catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  });
  if (!about.isFile()) throw new Error(`${file} is not a file.`);
  const answer = await ask(
    new Request(`${PAGE_ORIGIN}${path}${path.includes('?') ? '&' : '?'}name=${encodeURIComponent(basename(file))}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: Readable.toWeb(createReadStream(file)),
      duplex: 'half',
    }),
  );
  if (!answer.ok) throw new Error(await saidBy(answer));
  return { sent: true, name: basename(file), answer: await answer.json() };
}

/** Whether a page's request is for the engine's door; nothing else is asked on its behalf. */
export function readSaveRequest(value: unknown): SaveRequest {
  if (isRecord(value) && isApiPath(value['path']) && typeof value['name'] === 'string')
    return { path: value['path'], name: value['name'].slice(0, 200) };
  throw new Error('This is not a request to save something of the engine.');
}

export function readSendRequest(value: unknown): SendRequest {
  if (isRecord(value) && isApiPath(value['path'])) {
    const { path, title, extensions, type } = value;
    if (typeof title === 'string' && typeof type === 'string' && Array.isArray(extensions))
      return {
        path,
        title: title.slice(0, 200),
        type,
        extensions: extensions.filter((extension) => typeof extension === 'string' && /^\w{1,10}$/.test(extension)),
      };
  }
  throw new Error('This is not a request to send something to the engine.');
}

function isApiPath(value: unknown): value is string {
  return (
    typeof value === 'string' && value.startsWith('/api/') && new URL(value, PAGE_ORIGIN).pathname.startsWith('/api/')
  );
}

async function saidBy(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const problem: unknown = JSON.parse(text);
    const said = isRecord(problem) && (problem['detail'] ?? problem['message'] ?? problem['title']);
    if (typeof said === 'string') return said;
  } catch {
    // not JSON; as it is
  }
  return text === '' ? `The engine answered ${answer.status}.` : text.slice(0, 500);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
