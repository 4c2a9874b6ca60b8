// A workspace as a person has it: the built engine, started by the command line, and its pages in a real browser.
import { chromium } from 'playwright';
import type { Browser, BrowserContext, Page } from 'playwright';
import { startWorld, type World, type WorldOptions } from '../clients/world.ts';

export interface Workspace extends World {
  /** Opens the workspace by its link, as `start` prints it; `at` is the rest of the address: `traffic?filter=status:5xx`. */
  open(at?: string, look?: Look): Promise<Page>;
  /** What the pages may complain of: Chromium writes every refused request to the console, also one that was meant. */
  forgive(complaint: RegExp): void;
}

export interface Look {
  theme?: 'dark' | 'light';
  width?: number;
  height?: number;
  reducedMotion?: boolean;
}

/** Why there is no browser to try pages in; null when there is one. */
export const noBrowser: string | null = process.env['CHROMIUM']
  ? null
  : (process.env['CHROMIUM_MISSING'] ?? 'CHROMIUM names no browser');

/**
 * Starts an engine on a folder of its own and a browser. What a page writes to its console as an error, or throws, fails
 * the test at `stop`: a workspace that works has nothing to complain about.
 */
export async function startWorkspace(options: WorldOptions = {}): Promise<Workspace> {
  const world = await startWorld(options);
  const complaints: string[] = [];
  const forgiven: RegExp[] = [];
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];

  return {
    ...world,
    async open(at = '', { theme = 'dark', width = 1440, height = 900, reducedMotion = true } = {}) {
      browser ??= await chromium.launch({
        executablePath: process.env['CHROMIUM'] ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      });
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      contexts.push(context);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      await page.goto(world.link);
      if (at !== '') await page.goto(`${new URL(world.link).origin}/#/${at}`);
      return page;
    },
    forgive: (complaint) => forgiven.push(complaint),
    async stop() {
      for (const context of contexts) await context.close();
      await browser?.close();
      await world.stop();
      const left = complaints.filter((one) => !forgiven.some((pattern) => pattern.test(one)));
      if (left.length > 0) throw new Error(`The pages complained:\n${left.join('\n')}`);
    },
  };
}
