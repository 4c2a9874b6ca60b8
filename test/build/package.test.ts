// The desktop packages: what electron-builder is told, checked by electron-builder itself, and what must not be in them.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import { expect, test } from 'vitest';
import { packageConfig } from '../../build/package-config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
  validateConfiguration(config: object, log: object): Promise<void>;
};
const FEED = { SALLYPORT_UPDATE_FEED: 'https://updates.example/' };

test('electron-builder takes the configuration, with and without a feed', async () => {
  const log = { isEnabled: false, add() {} };
  await validateConfiguration(packageConfig({}), log);
  await validateConfiguration(packageConfig(FEED), log);
  await expect(validateConfiguration({ ...packageConfig({}), nonsense: 1 }, log)).rejects.toThrow(/nonsense/);
});

test('every system has its packages', () => {
  const { linux, mac, win } = packageConfig({});
  expect([linux?.target, mac?.target, win?.target]).toEqual([['AppImage', 'deb'], ['dmg'], ['nsis']]);
});

test('a package asks for updates only where a feed was named when it was built', () => {
  expect(packageConfig({}).publish).toBe(null);
  expect(packageConfig(FEED).publish).toEqual([{ provider: 'generic', url: 'https://updates.example/' }]);
});

test('the binary runs this app, unchanged, and nothing else', () => {
  const { electronFuses, asar } = packageConfig({});
  expect([asar, electronFuses]).toEqual([
    true,
    expect.objectContaining({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    }),
  ]);
});

test('what is packed is what runs: the bundle, and the native part for that machine', () => {
  const { files, extraMetadata } = packageConfig({});
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/**/*',
      '!node_modules/**/*',
      'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
    ]),
  );
  expect(extraMetadata).toMatchObject({ main: 'dist/shell.mjs' });
  for (const target of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'])
    expect([target, existsSync(join(root, 'node_modules/better-sqlite3/prebuilds', `${target}.node`))]).toEqual([
      target,
      true,
    ]);
});

test('the icons are there, in the sizes that systems want', () => {
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) {
    const png = readFileSync(join(root, 'build/icons', `icon-${size}.png`));
    expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', size, size]);
  }
  for (const name of [
    'tray',
    'tray-paused',
    'trayTemplate',
    'trayTemplate@2x',
    'tray-pausedTemplate',
    'tray-pausedTemplate@2x',
  ])
    expect([name, existsSync(join(root, 'build/icons', `${name}.png`))]).toEqual([name, true]);
});

interface Asar {
  createPackage(from: string, to: string): Promise<void>;
  listPackage(file: string, options: object): string[];
  extractFile(file: string, path: string): Buffer;
  getRawHeader(file: string): { header: { files: Record<string, unknown> } };
}
const asar = builder('@electron/asar') as Asar;

/** What Electron is unpacked to, as far as packing looks at it: a binary with fuses, and its own small app. */
async function makeElectron(folder: string): Promise<void> {
  for (const name of ['resources', 'locales', 'app']) mkdirSync(join(folder, name), { recursive: true });
  const sentinel = Buffer.from('dL7pKGdnNz796' + 'PbbjQWNKmHXBZaB9tsX');
  const fuses = Buffer.concat([sentinel, Buffer.from([1, 9]), Buffer.from('101101011')]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(1000), fuses, Buffer.alloc(1000)]), {
    mode: 0o755,
  });
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak', 'app/main.js'])
    writeFileSync(join(folder, name), '');
  await asar.createPackage(join(folder, 'app'), join(folder, 'resources', 'default_app.asar'));
}

test('electron-builder packs the app, and shuts its binary', async (context) => {
  if (process.platform !== 'linux') return context.skip('the stand-in for Electron’s binary is Linux’s');
  if (!existsSync(join(root, 'dist', 'shell.mjs'))) return context.skip('dist/ has not been built');
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-package-'));
  try {
    await makeElectron(join(folder, 'electron'));
    await build({
      projectDir: root,
      config: {
        ...packageConfig({ ...FEED, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'electron') }),
        directories: { output: join(folder, 'out'), buildResources: 'build/icons' },
      },
      targets: Platform.LINUX.createTarget('dir'),
      publish: 'never',
    });
    const out = join(folder, 'out', 'linux-unpacked');
    const archive = join(out, 'resources', 'app.asar');
    const packed = asar.listPackage(archive, {}).map((path) => path.replaceAll('\\', '/'));
    expect(packed).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/dist/shell.mjs',
        '/dist/preload.cjs',
        '/dist/engine-process.mjs',
        '/dist/archive-worker.mjs',
        '/dist/cli.mjs',
        '/dist/workspace/index.html',
        '/dist/icons/tray.png',
        `/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
      ]),
    );
    const packages = new Set(packed.flatMap((path) => /^\/node_modules\/([^/]+)/.exec(path)?.[1] ?? []));
    expect([...packages].toSorted()).toEqual(['@koromix', 'better-sqlite3', 'koffi']);
    expect(packed.filter((path) => /\.(map|ts|tsx|md)$/.test(path))).toEqual([]);
    expect(JSON.parse(asar.extractFile(archive, 'package.json').toString())).toMatchObject({
      main: 'dist/shell.mjs',
      type: 'module',
    });
    // Each file's digest stands in the archive's head, whose own digest is in the binary on macOS and Windows.
    expect(JSON.stringify(asar.getRawHeader(archive).header.files['package.json'])).toContain(
      '"integrity":{"algorithm":"SHA256"',
    );
    // Native code cannot be loaded from inside an archive.
    expect(
      existsSync(join(`${archive}.unpacked`, `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`)),
    ).toBe(true);
    expect(readFileSync(join(out, 'resources', 'app-update.yml'), 'utf8')).toContain('https://updates.example/');
    const { version, ...fuses } = await getCurrentFuseWire(join(out, 'sallyport-desktop'));
    const on = Object.keys(fuses).filter((fuse) => fuses[fuse as never] === FuseState.ENABLE);
    expect([version, on.map((fuse) => FuseV1Options[Number(fuse)])]).toEqual([
      FuseVersion.V1,
      // The last one is Electron's own default.
      ['EnableCookieEncryption', 'EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar', 'WasmTrapHandlers'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
