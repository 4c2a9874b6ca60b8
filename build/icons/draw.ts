// Draws the icons of the desktop app from one picture, renderer/ui/icon.svg, with the tests' Chromium. What it draws is
// committed, because a build machine need not have a browser: `node build/icons/draw.ts` after a change of the picture.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../setup/chromium.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const picture = readFileSync(join(here, '../../renderer/ui/icon.svg'), 'utf8');
/** The arch and its arrow, without the ground. */
const glyph = picture.replace(/<rect[^>]*>/, '');
const paused = '<path d="M12 17v8m8-8v8" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/>';

const black = (svg: string): string => svg.replaceAll('#fff', '#000');
const grey = (svg: string): string => svg.replace(/fill="#5b4bd6"/, 'fill="#6b7280"');
/** The arch with two bars in it, where the arrow was. */
const pausing = (svg: string): string => svg.replace(/<path d="M12\.5[^>]*>/, paused);

/** File → picture and size in pixels. */
const icons: Record<string, [svg: string, size: number]> = {
  ...Object.fromEntries(
    [16, 24, 32, 48, 64, 128, 256, 512, 1024].map((size) => [`icon-${size}.png`, [picture, size] as [string, number]]),
  ),
  'tray.png': [picture, 32],
  'tray-paused.png': [pausing(grey(picture)), 32],
  'trayTemplate.png': [black(glyph), 16],
  'trayTemplate@2x.png': [black(glyph), 32],
  'tray-pausedTemplate.png': [black(pausing(glyph)), 16],
  'tray-pausedTemplate@2x.png': [black(pausing(glyph)), 32],
};

const found = await findChromium((line) => console.error(line));
if ('missing' in found) throw new Error(found.missing);
const browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ deviceScaleFactor: 1 });
for (const [name, [svg, size]] of Object.entries(icons)) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  writeFileSync(join(here, name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
