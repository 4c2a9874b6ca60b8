// The workspace is open in a browser, and so is a page of somebody else: what that page can do to it, in the browser that
// has to keep the two apart. The other page comes from another port of this machine, which browsers take for the same
// site and give our cookie to, and under another name, which is another site.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../clients/world.ts';
import { noBrowser } from './start-workspace.ts';

const stranger = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html' });
  response.end('<!doctype html><title>stranger</title><body></body>');
});

beforeEach((context) => {
  if (noBrowser !== null) context.skip(noBrowser);
});

describe('a page of somebody else', () => {
  let world: World;
  let browser: Browser;
  let ours: string;
  beforeAll(async () => {
    if (noBrowser !== null) return;
    await once(stranger.listen(0, '127.0.0.1'), 'listening');
    world = await startWorld();
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
    ours = `${new URL(world.link).origin}/`;
  });
  afterAll(async () => {
    if (noBrowser !== null) return;
    await browser.close();
    await world.stop();
    stranger.closeAllConnections();
    stranger.close();
  });
  const theirs = (name: string): string => `http://${name}:${(stranger.address() as AddressInfo).port}/`;

  async function signIn(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(world.link);
    await page.waitForSelector('nav');
    return page;
  }

  /** A browser that is signed in, on the stranger's page; answers of ours are noted. */
  async function visit(name: string): Promise<{ page: Page; answers: Map<string, number> }> {
    const page = await signIn();
    const answers = new Map<string, number>();
    await page.goto(theirs(name));
    // From here on: what our own page was still loading when it was left is no answer to theirs.
    page.on('response', (response) => {
      if (response.url().startsWith(ours)) answers.set(new URL(response.url()).pathname, response.status());
    });
    return { page, answers };
  }

  describe.each(['127.0.0.1', 'localhost'])('at %s', (name) => {
    test('reads nothing and changes nothing through the api', async () => {
      const { page, answers } = await visit(name);
      const read = await page.evaluate(async (address) => {
        const attempts = [
          fetch(`${address}api/system`, { credentials: 'include' }).then((answer) => answer.text()),
          fetch(`${address}api/calls`, { credentials: 'include', mode: 'no-cors' }).then((answer) => answer.text()),
          fetch(`${address}api/system/shutdown`, { method: 'POST', credentials: 'include', mode: 'no-cors' }).then(
            (answer) => answer.text(),
          ),
        ];
        return (await Promise.allSettled(attempts)).map((one) => (one.status === 'fulfilled' ? one.value : 'refused'));
      }, ours);
      expect(read).toEqual(['refused', 'refused', 'refused']);
      expect([...answers.values()].filter((status) => status !== 403)).toEqual([]);
      // It is all still there for the page that may.
      await page.goto(ours);
      expect(await page.evaluate(async () => (await fetch('/api/system')).status)).toBe(200);
      await page.context().close();
    });

    test('opens no socket, loads no script of ours and shows us in no frame', async () => {
      const { page, answers } = await visit(name);
      const result = await page.evaluate((address) => {
        const titleOf = (frame: HTMLIFrameElement): string => {
          try {
            return frame.contentDocument?.title ?? 'opaque';
          } catch {
            return 'opaque';
          }
        };
        return Promise.all([
          new Promise((done) => {
            const socket = new WebSocket(`${address.replace('http', 'ws')}rpc`);
            socket.onopen = () => done('open');
            socket.onerror = () => done('refused');
          }),
          new Promise((done) => {
            const image = new Image();
            image.onload = () => done('shown');
            image.onerror = () => done('refused');
            image.src = `${address}icon.svg`;
          }),
          new Promise((done) => {
            const frame = document.createElement('iframe');
            frame.onload = () => done(titleOf(frame));
            frame.src = address;
            document.body.append(frame);
          }),
        ]);
      }, ours);
      expect(result.slice(0, 2)).toEqual(['refused', 'refused']);
      expect(result[2]).not.toContain('Sallyport');
      expect(answers.get('/')).toBe(403);
      await page.context().close();
    });

    test('a stolen link on it opens nothing', async () => {
      const { page, answers } = await visit(name);
      await page.context().clearCookies();
      await page.evaluate((link) => (location.href = link), world.link);
      await page.waitForURL(`${ours}**`);
      expect(answers.get('/')).toBe(401);
      expect(await page.textContent('h1')).toBe('Sallyport is running');
      expect(await page.context().cookies()).toEqual([]);
      await page.context().close();
    });
  });

  test('may link to us: one click of the user’s own opens the workspace', async () => {
    const { page } = await visit('localhost');
    await page.evaluate((address) => (location.href = address), ours);
    await page.waitForURL(ours);
    // The browser keeps the cookie from another site's link.
    expect(await page.textContent('h1')).toBe('Sallyport is running');
    await page.click('text=Open it here');
    await page.waitForSelector('nav');
    await page.context().close();
  });

  test('the link leaves address and history, and scripts cannot read the session', async () => {
    const page = await signIn();
    expect(page.url()).not.toContain('token');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    await page.context().close();
  });
});
