// A workspace as a person has it: the built engine, started by the command line, and its pages in a real browser.
import type { Page } from 'playwright';
import { startWorld, type World, type WorldOptions } from '../clients/world.ts';
import { createPages, type Look } from './open-page.ts';

export interface Workspace extends World {
  /** Opens the workspace by its link, as `start` prints it; `at` is the rest of the address: `traffic?filter=status:5xx`. */
  open(at?: string, look?: Look): Promise<Page>;
  /** What the pages may complain of: Chromium writes every refused request to the console, also one that was meant. */
  forgive(complaint: RegExp): void;
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
  const pages = createPages(world.link);

  return {
    ...world,
    open: (at = '', look = {}) =>
      pages.open(at, look, (page) => {
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      }),
    forgive: (complaint) => forgiven.push(complaint),
    async stop() {
      await pages.close();
      await world.stop();
      const left = complaints.filter((one) => !forgiven.some((pattern) => pattern.test(one)));
      if (left.length > 0) throw new Error(`The pages complained:\n${left.join('\n')}`);
    },
  };
}
