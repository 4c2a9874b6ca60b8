// The desktop app itself, where Electron's binary and a display are: the first minute of it, in the words of the other
// journeys. Elsewhere this is skipped, and says why.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright';
import { expect, test, vi } from 'vitest';
import { electronBinary, hasDisplay } from '../../electron/cli/find-desktop.ts';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { passOptions } from '../../electron/hosts/pass-options.ts';

const shell = fileURLToPath(new URL('../../dist/shell.mjs', import.meta.url));
const binary = electronBinary();
const missing =
  typeof binary !== 'string'
    ? `no desktop app: ${binary.missing}`
    : !hasDisplay()
      ? 'no desktop app: there is no display'
      : existsSync(shell)
        ? null
        : 'dist/ has not been built';

test('the desktop app opens, shows a call that a program makes, and frees the folder when it quits', async (context) => {
  if (missing !== null || typeof binary !== 'string') return context.skip(missing ?? '');
  const home = mkdtempSync(join(tmpdir(), 'sallyport-electron-'));
  const data = join(home, 'data');
  const origin = createServer((_request, response) => response.end('{}'));
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  const app = await _electron.launch({
    executablePath: binary,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      shell,
      passOptions({ data, proxyPort: 0, workspacePort: 0 }),
    ],
  });
  try {
    const page = await app.firstWindow();
    await page.getByRole('button', { name: /capturing/ }).waitFor();
    expect(page.url()).toMatch(/^app:\/\/sallyport\//);
    expect(
      await page.evaluate(() => [typeof Reflect.get(globalThis, 'require'), typeof Reflect.get(globalThis, 'process')]),
    ).toEqual(['undefined', 'undefined']);
    await page.keyboard.press('Control+2');
    const { hostname, port } = new URL(readEngineFile(data)?.proxy ?? '');
    const target = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/seen-on-the-desktop`;
    const asked = request({ host: hostname, port, path: target, agent: false });
    asked.end();
    const [answer] = await once(asked, 'response');
    answer.resume();
    await page.getByText('/seen-on-the-desktop').first().waitFor();
  } finally {
    await app.close();
    await vi.waitUntil(() => !isEngineLocked(data), 20_000);
    origin.close();
    rmSync(home, { recursive: true, force: true });
  }
});
