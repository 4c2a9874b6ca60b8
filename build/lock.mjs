// `npm run lock`: writes package-lock.json so that `npm ci` works on every platform from any registry mirror.
//
// Tools with native parts name one optional package per platform. A mirror that has not fetched the packages of
// platforms nobody uses leaves them out of the lockfile, and `npm ci` then refuses the lockfile as out of step.
// So after npm has written the lockfile, the missing platform packages are added by name and version. They carry no
// integrity hash (their bytes were never seen), which npm allows, and are installed on their own platform only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} LockEntry */

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What a platform package's name says about where it runs: `…-linux-arm64-musl` → linux, arm64, musl.
 * @param {string} name
 * @returns {Pick<LockEntry, 'os' | 'cpu' | 'libc'> | null} null when the name tells no platform
 */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (!cpu || (!os && cpu !== 'wasm32')) return null;
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : words.includes('gnu') ? 'glibc' : null;
  return {
    cpu: [cpu],
    ...(libc && os === 'linux' ? { libc: [libc] } : {}),
    ...(os ? { os: [os] } : {}),
  };
}

/**
 * Adds the platform packages that the lockfile names but does not hold.
 * @param {Record<string, LockEntry>} packages the lockfile's `packages`, changed in place
 * @returns {string[]} names of what was added
 */
export function completePlatforms(packages) {
  const added = [];
  for (const entry of Object.values({ ...packages })) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      const platform = platformOf(name);
      if (packages[place] || !platform || !/^\d+\.\d+\.\d+$/.test(version)) continue;
      const { cpu, libc, os } = platform;
      packages[place] = {
        version,
        ...(cpu ? { cpu } : {}),
        ...(entry.dev ? { dev: true } : {}),
        ...(libc ? { libc } : {}),
        optional: true,
        ...(os ? { os } : {}),
      };
      added.push(name);
    }
  }
  return added;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  execFileSync('npm', ['install', '--package-lock-only'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = completePlatforms(lock.packages);
  const byPlace = (/** @type {[string, unknown]} */ a, /** @type {[string, unknown]} */ b) =>
    a[0].localeCompare(b[0], 'en');
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPlace));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`lock: ${added.length} platform packages added by name`);
}
