// Chromium by Playwright, pointed at the proxy by its own switches, because it reads no proxy with a name in its address
// from the environment. Trust comes by the fingerprint of our CA's key, as for a fresh profile that installs nothing.
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright';

const [executablePath = '', ...pages] = process.argv.slice(2);
const authority = new X509Certificate(readFileSync(process.env['NODE_EXTRA_CA_CERTS'] ?? ''));
const key = authority.publicKey.export({ type: 'spki', format: 'der' });
const browser = await chromium.launch({
  executablePath,
  args: [
    `--proxy-server=${new URL(process.env['HTTP_PROXY'] ?? '').host}`,
    '--proxy-bypass-list=<-loopback>',
    `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
    '--disable-background-networking',
    '--disable-component-update',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
const tab = await browser.newPage();
for (const page of pages) {
  await tab.goto(page);
  await tab.waitForFunction('document.title.includes("anchor")');
  console.log(await tab.textContent('h1'));
}
await browser.close();
