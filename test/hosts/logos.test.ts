import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createWorkspaceFiles } from '../../electron/hosts/workspace-files.ts';
import { LOGOS } from '../../shared/vendors/catalogue/logos.ts';

const folder = fileURLToPath(new URL('../../renderer/public/', import.meta.url));
const pictures = readdirSync(`${folder}logos`).filter((name) => name.endsWith('.svg'));

test('the workspace’s door serves every vendor’s picture, under the policy that lets pages show it', async () => {
  const files = createWorkspaceFiles(folder);
  for (const logo of Object.values(LOGOS)) {
    const answer = await files.file(`/logos/${logo}.svg`);
    expect([logo, answer?.status, answer?.headers['Content-Type']]).toEqual([logo, 200, 'image/svg+xml']);
    expect(answer?.headers['Content-Security-Policy']).toContain("img-src 'self'");
  }
});

test('pictures hold nothing that runs or is fetched, and are a megabyte at most together', () => {
  let bytes = 0;
  for (const name of pictures) {
    const text = readFileSync(`${folder}logos/${name}`, 'utf8');
    bytes += text.length;
    const outside = text.replace('xmlns="http://www.w3.org/2000/svg"', '');
    expect([
      name,
      /<script|<foreignObject|<image|<style|\son\w+=|https?:|javascript:|data:|@import/i.exec(outside)?.[0],
    ]).toEqual([name, undefined]);
  }
  expect(bytes).toBeLessThan(1_000_000);
  expect(pictures.map((name) => name.replace(/\.svg$/, '')).sort()).toEqual(Object.values(LOGOS).sort());
});

test('who owns the names and the drawings is said beside them', () => {
  const notice = readFileSync(`${folder}logos/NOTICE.txt`, 'utf8');
  expect(notice).toMatch(/trademarks of their owners/);
});
