import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { largeWorld, smallWorld } from './map-world.ts';
import { mapPage } from './pages/map.ts';
import { startScripted } from './scripted-workspace.ts';
import type { Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

/** What a person does with the map, of an installation that a machine would take months to become. */

let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
  scripted.map.put(smallWorld());
});
afterEach(() => scripted?.map.put(smallWorld()));
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

test('the map shows who depends on whom, what came and what went, and its address shows the same to others', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('overview');
  await page.keyboard.press('Control+3');
  const map = mapPage(page);
  await map.node('Stripe', 'vendor').waitFor();
  await map.node('billing-api', 'app').waitFor();
  await map.node('POST /v1/payment_intents', 'endpoint').waitFor();
  await map.main.getByText('11 vendors', { exact: true }).waitFor();
  await map.main.getByText('3 unapproved').waitFor();
  expect(await map.changes.innerText()).toMatch(/metrics-hub\.io[\s\S]*Mailgun/);
  // What went keeps its place, and says so.
  expect(await map.node('Mailgun', 'vendor').textContent()).toContain('not in this one');
  expect(await map.legend.innerText()).toMatch(/approved/);
  expect(await map.legend.innerText()).not.toMatch(/deprecated/);

  await map.menu('Width').click();
  await map.item('cost').click();
  await page.keyboard.press('Escape');
  await map.menu('Colour').click();
  await map.item('error rate').click();
  await page.keyboard.press('Escape');
  await map.legend.getByText('Width: cost, by square root').waitFor();
  await map.legend.getByText('cost not known').waitFor();
  const second = await scripted.open(page.url().split('#/')[1] ?? '');
  await mapPage(second).legend.getByText('Colour: error rate').waitFor();
  await mapPage(second).legend.getByText('cost not known').waitFor();
});

test('a vendor says what breaks without it, and is approved, blocked and owned beside the picture', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  await map.node('Twilio', 'vendor').click();
  await map.title.getByText('Twilio').waitFor();
  await map.panel.getByText('Not approved.', { exact: true }).waitFor();
  const blast = map.part('If it disappeared');
  await blast.getByText('1 app would fail, in 1 place of their code.').waitFor();
  await blast.getByRole('link', { name: 'src/web-checkout/twilio.ts:118' }).waitFor();
  await blast.getByRole('link', { name: /feature=triage/ }).waitFor();
  // Three questions of country, each with what it rests on.
  await map.panel.getByText('by published address ranges, sure').waitFor();
  expect(await map.panel.getByText('no basis').count()).toBe(1);

  await map.button('Approve').click();
  await map
    .node('Twilio', 'vendor')
    .and(page.getByRole('button', { name: /^Twilio .*, vendor, approved/ }))
    .waitFor();
  await map.undo.click();
  await page.getByRole('button', { name: /^Twilio .*, vendor, known, not approved/ }).waitFor();
  await map.button('Block').click();
  await map.panel.getByText(/^Declared blocked/).waitFor();

  await map.button(/owner of Twilio/).click();
  await page.keyboard.type('Payments');
  await page.keyboard.press('Enter');
  await map
    .button(/owner of Twilio/)
    .getByText('Payments')
    .waitFor();
  await map.button(/owner of Twilio/).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Enter');
  await page.getByText('Name a person or a team.').waitFor();
  await map
    .button(/owner of Twilio/)
    .getByText('Payments')
    .waitFor();
});

test('every figure leads to its calls', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map?sel=vendor%3Astripe');
  const map = mapPage(page);
  const href = async (title: string): Promise<string> =>
    decodeURIComponent((await map.figure(title).getByRole('link').getAttribute('href')) ?? '').replaceAll('+', ' ');
  await map.title.getByText('Stripe').waitFor();
  expect(await href('Calls')).toMatch(/^#\/traffic\?filter=vendor:stripe&range=\d+-\d+$/);
  expect(await href('Errors')).toContain('vendor:stripe (status:>=400 or failure:*)');
  expect(await href('p95')).toMatch(/duration:>=\d+ms/);
  await map.button(/^[\d,]+ calls$/).click();
  await page.getByRole('main', { name: 'Traffic' }).waitFor();
  expect(decodeURIComponent(page.url())).toContain('filter=vendor:stripe');
});

test('with the keyboard alone the map is searched, walked along its lines, and left again', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  await map.node('Stripe', 'vendor').waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  await page.keyboard.press('/');
  await page.keyboard.type('openai');
  await map.main.getByText('3 found').waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(focused).toMatch(/OpenAI .*, vendor/);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(focused).toMatch(/support-bot .*, app/);
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toMatch(/OpenAI .*, vendor/);
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toMatch(/POST \/v1\/chat\/completions .*, endpoint/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toMatch(/endpoint/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await map.title.waitFor();
  await page.keyboard.press('Escape');
  await map.panel.waitFor({ state: 'detached' });
  await expect.poll(focused).toMatch(/, vendor/);
  const open = await map.nodes.count();
  await page.keyboard.press('o');
  await expect.poll(() => map.nodes.count()).toBe(open - 2);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).not.toContain('find=');
});

test('a line is selected where it is pointed at', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  const from = await map.node('Anthropic', 'vendor').boundingBox();
  const to = await map.node('POST /v1/messages', 'endpoint').boundingBox();
  if (!from || !to) throw new Error('the nodes have no boxes');
  await page.mouse.click((from.x + from.width + to.x) / 2, (from.y + to.y + from.height) / 2);
  await map.title.getByText('Anthropic').waitFor();
  await map.title.getByText('POST /v1/messages').waitFor();
  expect(page.url()).toContain('sel=');
  await page.goBack();
  await map.panel.waitFor({ state: 'detached' });
});

test('days are walked through, and everything keeps its place', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  const placeOf = async (name: string) => (await map.node(name, 'vendor').boundingBox())?.y ?? 0;
  await map.node('metrics-hub.io', 'vendor').waitFor();
  await page.keyboard.press(']');
  await map.walk.waitFor();
  await map.walk.focus();
  const [stripe, github] = [await placeOf('Stripe'), await placeOf('GitHub')];
  await page.keyboard.press('Home');
  await page
    .getByRole('button', { name: /^metrics-hub\.io .*, vendor, blocked, It was not called in the time shown/ })
    .waitFor();
  expect([await placeOf('Stripe'), await placeOf('GitHub')]).toEqual([stripe, github]);
  expect(page.url()).toMatch(/at=\d{4}-\d\d-\d\d/);
  await map.main.getByRole('button', { name: 'Back to the whole span' }).click();
  await map.walk.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^metrics-hub\.io .*, vendor, blocked, new/ }).waitFor();
});

test('teams and vendors are drawn as one and opened again; the map is narrowed to one app', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map?group=team');
  const map = mapPage(page);
  await map.graph.getByRole('button', { name: 'Payments 2: draw as one' }).click();
  await map.node('Payments', 'apps').click();
  await map.panel.getByText('web-checkout').waitFor();
  await map.graph.getByRole('button', { name: 'Payments 2: draw each' }).click();
  await map.node('web-checkout', 'app').click();
  await map.button('Only this in the map').click();
  await map.main.getByText('3 vendors', { exact: true }).waitFor();
  await map.main.getByRole('button', { name: /only calls of web-checkout/ }).click();
  await map.main.getByText('11 vendors', { exact: true }).waitFor();
});

test('the same is there as Sankey, as a world, and as a table', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  await map.look('Sankey').click();
  await map.legend.getByText('Width: calls, in proportion').waitFor();
  await map.node('Stripe', 'vendor').waitFor();
  await map.look('world').click();
  await map.countries.getByRole('heading', { name: /^Ireland/ }).waitFor();
  await map.countries.getByText('Edge of a content network: location unknown.').first().waitFor();
  await map.main.getByRole('radio', { name: 'who gets the data, in law' }).click();
  await map.countries.getByText('by the vendor’s seat, sure').first().waitFor();
  await map.countries.getByRole('button', { name: /Stripe/ }).click();
  await map.title.getByText('Stripe').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await map.row('Stripe').waitFor();
  await map.table.focus();
  await page.keyboard.press('ArrowRight');
  await map.row('PUT /raw/{date}/{uuid}').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await map.title.getByText('etl-nightly').waitFor();
});

test('pictures and what is behind them are taken along', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('map');
  const map = mapPage(page);
  await map.node('Stripe', 'vendor').waitFor();
  const saved = async (item: string): Promise<{ name: string; bytes: Buffer }> => {
    await map.exportMenu.click();
    const [download] = await Promise.all([page.waitForEvent('download'), map.item(item).click()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const svg = await saved('Picture, SVG, light');
  expect(svg.name).toMatch(/^sallyport-map-\d{4}-\d\d-\d\d-light\.svg$/);
  const text = svg.bytes.toString();
  for (const said of ['<svg', 'Who depends on whom', 'Stripe', 'POST /v1/payment_intents', 'Colour: status', '#fdfcfa'])
    expect(text).toContain(said);
  const png = await saved('Picture, PNG, dark');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  // Drawn for a screen of 1440 by 900, twice as fine.
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(2400);
  await map.look('world').click();
  await map.countries.waitFor();
  const world = (await saved('Picture, SVG, dark')).bytes.toString();
  for (const said of ['Ireland: ', 'Not known: ', 'Connections end in']) expect(world).toContain(said);
  const bom = await saved('CycloneDX SaaSBOM');
  expect(bom.bytes.toString()).toBe('cyclonedx of 12 vendors');
  await page.getByText('Incomplete: 6 % of connections were not seen.').waitFor();
  expect((await saved('Register, Excel')).bytes.toString()).toBe('xlsx of 12 vendors');
  await map.exportMenu.click();
  await map.item('GraphQL operations').click();
  await page.getByText('No GraphQL operation was called in this span. Choose a longer one.').waitFor();
});

test('a map of hundreds opens with its vendors closed, and only what is in sight is in the page', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.map.put(largeWorld({ apps: 60, vendors: 120, endpoints: 320 }));
  const page = await scripted.open('map');
  const map = mapPage(page);
  await map.legend.getByText('333 endpoints in closed vendors').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('show all endpoints');
  await page.keyboard.press('Enter');
  await map.legend.getByText('endpoints in closed vendors').waitFor({ state: 'detached' });
  expect(await map.nodes.count()).toBeLessThan(200);
  await page.keyboard.press('/');
  await page.keyboard.type('vendor 117');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent ?? ''))
    .toMatch(/Vendor 117.*, vendor/);
});

test('nothing called, nothing in the span, and an engine that cannot answer are each said with what to do', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  scripted.map.put(null);
  const page = await scripted.open('map');
  await page.getByRole('button', { name: 'Show all time' }).click();
  await page.getByText('Nothing to map yet').waitFor();
  await page.getByText('npx sallyport run -- node app.js').waitFor();
  scripted.map.break('The store is being repaired.');
  const broken = await scripted.open('map');
  await broken.getByText('The map could not be read').waitFor();
  scripted.map.break(null);
});

test.each([
  ['dark', ['', '?look=world', '?table=1', '?sel=vendor%3Astripe']],
  ['light', ['?group=category', '?look=sankey', '?sel=vendor%3Ametrics-hub.io']],
] as const)(
  'nothing serious is found by the accessibility scan, %s',
  async (theme, places) => {
    if (noBrowser !== null) return;
    const page = await scripted.open('map', { theme });
    const map = mapPage(page);
    for (const at of places) {
      await page.goto(`${page.url().split('#')[0]}#/map${at}`);
      await map.main.getByText('11 vendors', { exact: true }).waitFor();
      if (at.includes('sel=')) await map.part('If it disappeared').waitFor();
      else await map.main.getByText('Amazon Web Services').first().waitFor();
      expect(await accessibilityFindings(page), at).toEqual([]);
    }
  },
  90_000,
);
