import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the shell uses of electron-updater. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  setFeedURL(options: { provider: 'generic'; url: string }): void;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
}

export interface Updates {
  /** Where this copy would look for updates; null: nowhere. */
  feed: string | null;
  /** What a check found, in a sentence. Asks the feed, and so the network, only when it is allowed. */
  check(allowed: boolean): Promise<string>;
}

/**
 * Updates from a feed of the user's own choosing: named by SALLYPORT_UPDATE_FEED, or put into the package when it was
 * built (app-update.yml). Without one nothing is ever asked; with one, only when the user has allowed it. What is found
 * is downloaded and installed at the next quit.
 */
export function createUpdates(
  load: () => Promise<Updater>,
  { env, resources }: { env: NodeJS.ProcessEnv; resources: string | undefined },
): Updates {
  const named = env['SALLYPORT_UPDATE_FEED'];
  const builtIn = resources !== undefined && existsSync(join(resources, 'app-update.yml'));
  const feed = named !== undefined && isFeed(named) ? named : builtIn ? 'built into this copy' : null;

  return {
    feed,
    async check(allowed) {
      if (feed === null) return 'This copy of Sallyport has no update feed; nothing was asked.';
      if (!allowed) return 'Updates are switched off; nothing was asked.';
      const updater = await load();
      updater.autoDownload = false;
      updater.autoInstallOnAppQuit = true;
      updater.allowDowngrade = false;
      if (named !== undefined && feed === named) updater.setFeedURL({ provider: 'generic', url: named });
      const found = await updater.checkForUpdates();
      if (!found) return 'Only packaged copies can be updated; nothing was asked.';
      if (!found.isUpdateAvailable) return 'This is the newest version.';
      await updater.downloadUpdate();
      return `Version ${found.updateInfo.version} has been fetched; it is installed when Sallyport quits.`;
    },
  };
}

/** A feed over plain HTTP could be anybody's. */
export function isFeed(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
  } catch {
    return false;
  }
}
