// Rules of running someone's program: it has our terminal, gets every signal exactly once, and we end as it ended.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const posix = process.platform !== 'win32';
const source = pathToFileURL(join(import.meta.dirname, '../../electron/cli/run-program.ts')).href;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-run-'));
  writeFileSync(
    join(folder, 'run.mjs'),
    `import { endLike, runProgram } from ${JSON.stringify(source)};
     const [command, ...args] = process.argv.slice(2);
     const ending = await runProgram({ command, args, env: process.env });
     console.error(JSON.stringify(ending));
     endLike(ending);`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(args: string[]) {
  const child = spawn(process.execPath, [join(folder, 'run.mjs'), ...args], { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const end = new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ready, end };
}

const node = (script: string) => [process.execPath, '-e', script];

/** Counts signals of one kind until the end of its input, and exits with the count. */
const counter = (signal: string) =>
  node(
    `let n = 0; process.on('${signal}', () => { n += 1; console.log(n) }); process.stdin.on('end', () => process.exit(40 + n)).resume(); console.log('ready')`,
  );

test.each([0, 1, 42, 125, 255])('exit code %i is ours too', async (code) => {
  expect((await start(node(`process.exit(${code})`)).end).code).toBe(code);
});

test('input and output are the program’s own, byte for byte', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 27, 128, 0]);
  const { child, end } = start(node('process.stdin.pipe(process.stdout)'));
  child.stdout.setEncoding('latin1');
  child.stdin.end(bytes);
  expect((await end).stdout).toBe(bytes.toString('latin1'));
});

describe.runIf(posix)('signals', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s reaches the program once, and we live until it ends',
    async (signal) => {
      const { child, ready, end } = start(counter(signal));
      await ready;
      const counted = new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill(signal);
      await counted;
      child.stdin.end();
      expect(await end).toMatchObject({ code: 41, signal: null });
    },
  );

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGHUP'] as const)(
    'killed by %s, we look killed by it',
    async (signal) => {
      expect(await start(node(`process.kill(process.pid, '${signal}')`)).end).toMatchObject({ code: null, signal });
    },
  );

  test.each([
    ['SIGSEGV', 139],
    ['SIGABRT', 134],
    ['SIGPIPE', 141],
  ])('killed by %s, which we cannot imitate cleanly, the code is %i as in a shell', async (signal, code) => {
    const killed = `require('node:child_process').spawnSync('kill', ['-${signal.slice(3)}', String(process.pid)])`;
    const program = signal === 'SIGPIPE' ? ['sh', '-c', 'kill -PIPE $$'] : node(killed);
    expect(await start(program).end).toMatchObject({ code, signal: null });
  });

  test('Ctrl-C on a terminal reaches the program once', async (context) => {
    const python = spawnSync('python3', ['-c', 'import pty']);
    if (python.status !== 0) return context.skip('no python3 to make a terminal with');
    // Types Ctrl-C when the program is ready, ends its input when it was counted.
    const script = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
typed = ended = False
while True:
    try:
        data = os.read(fd, 1024)
    except OSError:
        break
    if not data: break
    seen += data
    if b'ready' in seen and not typed:
        typed = True
        os.write(fd, b'\\x03')
    if b'counted' in seen and not ended:
        ended = True
        os.write(fd, b'\\x04')
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
    const program = node(
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => console.log('counted'), 50) }); process.stdin.on('end', () => process.exit(40 + n)).resume(); console.log('ready')",
    );
    const child = spawn('python3', ['-c', script, process.execPath, join(folder, 'run.mjs'), ...program]);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(41);
  });
});

describe('a command that cannot be started', () => {
  test('is 127 when there is none of that name', async () => {
    expect(await start(['no-such-command-anywhere']).end).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('no-such-command-anywhere: command not found'),
    });
  });

  test.runIf(posix)('is 126 when it is there but cannot be executed', async () => {
    const file = join(folder, 'plain.txt');
    writeFileSync(file, 'text');
    chmodSync(file, 0o644);
    expect(await start([file]).end).toMatchObject({ code: 126, stderr: expect.stringContaining('EACCES') });
  });
});
