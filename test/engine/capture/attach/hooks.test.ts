// What hooks must not change: programs behave as they would without them. See electron/engine/capture/attach/README.md.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { HOOK_NAMES } from '../../../../electron/engine/capture/attach/hooks/names.ts';
import { RUNTIME_HOOKS } from '../../../../electron/engine/capture/attach/hooks/hooks.ts';
import { terminalEnv } from '../../../../electron/engine/capture/attach/terminal-env.ts';
import { createTrustFiles, removeRunOf } from '../../../../electron/engine/capture/attach/trust-files.ts';
import { throwawayCertificate } from '../../../../electron/engine/authority/throwaway.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-hooks-'));
// As on macOS and on many a Windows: blanks in the path.
const dataDir = join(folder, 'data of mine');
const origin = createServer((_, response) => response.end('direct'));
/** A port that nobody listens on: the engine has gone. */
const nobody = { host: '127.0.0.1', port: 9 };
const clean = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/proxy|PYTHON|RUBY|PHP|JAVA_TOOL|_CERT|_CA_|APT|WGETRC|NODE/i.test(name),
  ),
);
let url = '';

beforeAll(async () => {
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'ca.pem'), throwawayCertificate('ca.example').ca);
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`;
});
afterEach(() => removeRunOf(dataDir, process.pid));
afterAll(() => {
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

function environment(before: Record<string, string> = {}, without: (typeof HOOK_NAMES)[number][] = []) {
  const { files } = createTrustFiles({ dataDir, caPath: join(dataDir, 'ca.pem'), log: () => {} });
  const all = { ...clean, ...before };
  return { ...all, ...terminalEnv({ before: all, app: 'shop', proxy: nobody, without, files }) };
}

function run(
  command: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(command[0] ?? '', command.slice(1), { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: null, stdout, stderr }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function needs(context: TestContext, ...command: string[]): Promise<void> {
  if ((await run(command, clean)).code !== 0)
    context.skip(`no ${command[0]} that runs “${command.slice(1).join(' ')}”`);
}

/** The program prints the same with and without the hooks. */
async function sameAsWithout(command: string[], before: Record<string, string> = {}): Promise<string> {
  const [bare, hooked] = await Promise.all([run(command, { ...clean, ...before }), run(command, environment(before))]);
  expect(hooked).toEqual(bare);
  return hooked.stdout;
}

test('every hook has a name for --without, which leaves out its variables', () => {
  expect(RUNTIME_HOOKS.map(({ id }) => id)).toEqual([...HOOK_NAMES]);
  const names = Object.keys(environment({}, [...HOOK_NAMES]));
  expect(names.filter((name) => /^(JAVA_TOOL|PYTHON|RUBY|PHP_INI|APT_)/.test(name))).toEqual([]);
});

test('their files are the owner’s alone', () => {
  environment();
  for (const name of readdirSync(join(dataDir, 'hooks'), { recursive: true, encoding: 'utf8' })) {
    expect(statSync(join(dataDir, 'hooks', name)).mode & 0o077, name).toBe(0);
  }
});

// Tried by hand with 3.6, 3.8, 3.12 and 3.13 too.
const pythons = ['python3', 'python2.7'];

describe.each(pythons)('%s', (python) => {
  const show = 'import sys; print(sys.path, sorted(sys.flags), "sitecustomize" in sys.modules)';

  test.for([[], ['-I'], ['-E'], ['-O']])('looks the same inside, started with %j', async (options, context) => {
    await needs(context, python, ...options, '-c', '');
    await sameAsWithout([python, ...options, '-c', show]);
  });

  test('without its site module it runs as always; only our folder stands in its path', async (context) => {
    await needs(context, python, '-S', '-c', '');
    await sameAsWithout([python, '-S', '-c', 'import sys, json; print(sorted(sys.flags), len(sys.modules))']);
  });

  test('a sitecustomize of the user’s own runs, and PYTHONPATH keeps its folders', async (context) => {
    await needs(context, python, '-c', '');
    const own = join(folder, 'own');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'sitecustomize.py'), 'import sys\nmine = __file__\nsys.stdout.write("mine first ")\n');
    const program = 'import sitecustomize; print(sitecustomize.__name__, sitecustomize.mine)';
    const said = await sameAsWithout([python, '-B', '-c', program], { PYTHONPATH: own });
    expect(said).toContain('mine first');
  });

  test('a sitecustomize that fails says so as always', async (context) => {
    await needs(context, python, '-c', '');
    const broken = join(folder, 'broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'sitecustomize.py'), 'raise ValueError("mine")\n');
    const { code, stderr, stdout } = await run([python, '-B', '-c', 'print(1)'], environment({ PYTHONPATH: broken }));
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '1' });
    expect(stderr).toContain('sitecustomize');
  });
});

test('Python’s http.client goes on without an engine', async (context) => {
  await needs(context, 'python3', '-c', '');
  const call = `import http.client, urllib.parse as u; p = u.urlsplit("${url}"); c = http.client.HTTPConnection(p.hostname, p.port); c.request("GET", "/"); print(c.getresponse().read())`;
  expect(await sameAsWithout(['python3', '-c', call])).toContain('direct');
});

test('Python in a virtual environment, and the processes it starts, are the same inside', async (context) => {
  await needs(context, 'python3', '-m', 'venv', '--without-pip', join(folder, 'venv'));
  const python = join(folder, 'venv', 'bin', 'python');
  const child =
    'import subprocess, sys; subprocess.run([sys.executable, "-c", "import sys; print(sys.path, sys.prefix)"])';
  expect(await sameAsWithout([python, '-c', child])).toContain('venv');
});

test('Ruby requires nothing early, and keeps its options', async (context) => {
  await needs(context, 'ruby', '-e', '');
  const show =
    'p $LOADED_FEATURES.grep_v(/sallyport/).size, defined?(URI), defined?(Net), $VERBOSE, $LOAD_PATH.grep_v(/hooks/)';
  await sameAsWithout(['ruby', '-e', show]);
  await sameAsWithout(['ruby', '-e', show], { RUBYOPT: '-W2', RUBYLIB: folder });
});

describe('PHP', () => {
  test('keeps the system’s settings, and shows no variable of ours', async (context) => {
    await needs(context, 'php', '-r', '');
    const script = join(folder, 'show.php');
    writeFileSync(
      script,
      '<?php echo json_encode([array_keys(get_defined_vars()), get_included_files()[0], get_loaded_extensions(), ini_get("memory_limit")]);',
    );
    await sameAsWithout(['php', script]);
  });

  test('a script that was to run first still does, with its variables', async (context) => {
    await needs(context, 'php', '-r', '');
    const own = join(folder, 'php ini');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'first.php'), '<?php $first = "first";');
    writeFileSync(join(own, 'own.ini'), `auto_prepend_file = "${join(own, 'first.php')}"\n`);
    const script = join(folder, 'after.php');
    writeFileSync(script, '<?php echo $first;');
    expect(await sameAsWithout(['php', script], { PHP_INI_SCAN_DIR: `${delimiter}${own}` })).toBe('first');
  });
});

test('Java reads a store whose path has blanks, and finds our CA in it', async (context) => {
  await needs(context, 'java', '-version');
  const env = environment();
  const { stderr } = await run(['java', '-XshowSettings:properties', '-version'], env);
  const store = /trustStore = (.*)/.exec(stderr)?.[1] ?? '';
  expect(store).toContain('data of mine');
  await needs(context, 'keytool', '-help');
  const listed = await run(['keytool', '-list', '-keystore', store, '-storepass', 'changeit'], clean);
  expect(listed.stdout).toMatch(/Keystore type: JKS/);
  expect(listed.stdout.match(/trustedCertEntry/g)?.length).toBeGreaterThan(100);
});
