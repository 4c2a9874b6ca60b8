// Chromium, over intercepted TLS and to this machine.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thingsBody, type Route } from './origin.ts';
import { startWorld, type Row, type World } from './world.ts';

let world: World;
const page: Route = (request, response) => {
  if (request.url !== '/page') return false;
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(
    '<h1>Harbour</h1><script>fetch("/things").then((r) => r.text()).then((t) => { document.title = t })</script>',
  );
  return true;
};

beforeAll(async () => {
  world = await startWorld({ routes: [page] });
});
afterAll(() => world.stop());

test('a page, and what its script fetches', async (context) => {
  const browser = process.env['CHROMIUM'];
  if (!browser) return context.skip(process.env['CHROMIUM_MISSING'] ?? 'CHROMIUM names no browser');
  const origins = ['https://api.vendor.example', `http://127.0.0.1:${world.vendor.httpPort}`];
  const program = join(import.meta.dirname, 'programs', 'chromium.mjs');
  const pages = origins.map((origin) => `${origin}/page`);
  const ran = await world.run('chromium', [process.execPath, program, browser, ...pages]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: 'Harbour\nHarbour\n' });
  const { stdout } = await world.sallyport('calls', ['--format', 'ndjson', 'path:/page or path:/things']);
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
  for (const origin of origins) {
    for (const path of ['/page', '/things']) {
      const row = rows.find(({ url }) => url === origin + path);
      expect(row, origin + path).toMatchObject({ status: 200, failure: null });
      if (path === '/things') expect(await world.body(row?.id ?? '', 'response')).toBe(thingsBody);
    }
  }
});
