// `npm run dist`: the desktop app's packages for this machine's system, in dist/packages/. `-- --dir` makes only the
// folder that would be packed. Needs Electron's binary and, for most kinds of package, further tools, which
// electron-builder fetches from where they are released; where that is out of reach it says so and ends with 1.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { packageConfig } from './package-config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });
const started = ['shell.mjs', 'preload.cjs', 'engine-process.mjs', 'workspace/index.html'];
const missing = started.filter((name) => !existsSync(join(root, 'dist', name)));

if (missing.length > 0) fail(`dist/ holds no ${missing.join(', ')}; run npm run build first.`);
else
  try {
    const written = await build({
      projectDir: root,
      config: packageConfig(process.env),
      targets: Platform.current().createTarget(values.dir ? 'dir' : null),
      publish: 'never',
    });
    console.log(values.dir ? 'dist/packages holds the folder that is packed' : written.join('\n'));
  } catch (error) {
    fail(explain(error));
  }

function fail(why: string): void {
  console.error(`sallyport: no packages were made: ${why}`);
  // Its downloader keeps trying in the background.
  process.exit(1);
}

/** The one line that helps: most often the network, which electron-builder tells by the page of its downloader. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|fetch failed|Response code [45]\d\d|status code [45]\d\d|cannot resolve/i.test(
      text,
    )
  )
    return `Electron’s binary (or a packing tool) could not be fetched from where it is released (${text.split('\n')[0]}). Set ELECTRON_MIRROR, or build where that place can be reached.`;
  return text;
}
