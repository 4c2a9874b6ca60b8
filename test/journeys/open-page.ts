import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';

export interface Look {
  theme?: 'dark' | 'light';
  width?: number;
  height?: number;
  reducedMotion?: boolean;
}

/** A browser that is started by the first page; every page has a session of its own. */
export function createPages(link: string): {
  /** `at`: what stands behind `#/`. `watch` is given the page before it goes anywhere. */
  open(at: string, look: Look, watch: (page: Page) => void): Promise<Page>;
  close(): Promise<void>;
} {
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];
  return {
    async open(at, { theme = 'dark', width = 1440, height = 900, reducedMotion = true }, watch) {
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
      watch(page);
      await page.goto(link);
      if (at !== '') await page.goto(`${new URL(link).origin}/#/${at}`);
      // Loaded is not drawn: a key pressed between the two reaches nobody.
      await page.locator('#root > *').first().waitFor({ state: 'attached' });
      return page;
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser?.close();
    },
  };
}
