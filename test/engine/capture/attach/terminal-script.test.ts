// A terminal that was set up can be set back to exactly what it was: real shells.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  originalEnvironment,
  setUpScript,
  undoScript,
} from '../../../../electron/engine/capture/attach/terminal-script.ts';

const SHELLS = {
  bash: {
    args: ['--noprofile', '--norc', '-c'],
    own: (name: string) => `${name}='only mine'`,
    show: (name: string) => `printf '%s\\0' "$${name}"`,
  },
  zsh: {
    args: ['-f', '-c'],
    own: (name: string) => `${name}='only mine'`,
    show: (name: string) => `printf '%s\\0' "$${name}"`,
  },
  fish: {
    args: ['--no-config', '-c'],
    own: (name: string) => `set -g ${name} 'only mine'`,
    show: (name: string) => `printf '%s\\0' "$${name}"`,
  },
} as const;
type ShellName = keyof typeof SHELLS;

const ODD = `it's "odd" $HOME \`x\` \\ ; & | %PATH% é\ttab`;
const CHANGES = {
  http_proxy: 'http://shop%20a:run@127.0.0.1:4780',
  HTTPS_PROXY: 'http://shop%20a:run@127.0.0.1:4780',
  SSL_CERT_FILE: `/data folder/it's/ca bundle.pem`,
  NODE_USE_ENV_PROXY: '1',
  CURL_CA_BUNDLE: '/ours.pem',
};

const find = (shell: ShellName): string | null =>
  [`/usr/bin/${shell}`, `/bin/${shell}`, `/usr/local/bin/${shell}`, `/opt/homebrew/bin/${shell}`].find(existsSync) ??
  null;

/** Runs lines in a fresh shell; gives the environment its children see at the end, and what was printed before. */
function runIn(
  shell: ShellName,
  env: Record<string, string>,
  lines: string,
): { env: Record<string, string>; printed: string[] } {
  const file = find(shell) ?? shell;
  const out = execFileSync(file, [...SHELLS[shell].args, `${lines}\nprintf '%s\\0' '--env--'\n/usr/bin/env -0`], {
    env,
    encoding: 'utf8',
  });
  const parts = out.split('\0').slice(0, -1);
  const at = parts.indexOf('--env--');
  const entries = parts
    .slice(at + 1)
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
  return { env: Object.fromEntries(entries) as Record<string, string>, printed: parts.slice(0, at) };
}

/** What shells change by themselves. */
function bare(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(_|SHLVL|PWD|OLDPWD)$/.test(name)));
}

describe.each(Object.keys(SHELLS) as ShellName[])('%s', (shell) => {
  const before = { PATH: '/usr/bin:/bin', HOME: '/tmp', HTTPS_PROXY: ODD, CURL_CA_BUNDLE: '', LANG: 'C.UTF-8' };

  test('is set up with exactly these values, and set back to exactly what was there', (context) => {
    if (!find(shell)) return context.skip(`${shell} is not installed`);
    const plain = bare(runIn(shell, before, '').env);
    const setUp = runIn(shell, before, setUpScript(shell, CHANGES, before)).env;
    expect(setUp).toMatchObject(CHANGES);
    // Undoing is asked for in the terminal that was set up, or in a shell started from it.
    expect(bare(runIn(shell, setUp, undoScript(shell, setUp)).env)).toEqual(plain);
    expect(bare(runIn(shell, before, setUpScript(shell, CHANGES, before) + undoScript(shell, setUp)).env)).toEqual(
      plain,
    );
  });

  test('a variable that is only the shell’s own comes back as that', (context) => {
    if (!find(shell)) return context.skip(`${shell} is not installed`);
    const { own, show } = SHELLS[shell];
    const setUp = runIn(shell, before, setUpScript(shell, CHANGES, before)).env;
    const lines = [
      own('http_proxy'),
      setUpScript(shell, CHANGES, before),
      undoScript(shell, setUp),
      show('http_proxy'),
    ].join('\n');
    const { env, printed } = runIn(shell, before, lines);
    expect(printed).toEqual(['only mine']);
    expect(env).not.toHaveProperty('http_proxy');
  });

  test('what somebody has changed since is left as it is', (context) => {
    if (!find(shell)) return context.skip(`${shell} is not installed`);
    const setUp = runIn(shell, before, setUpScript(shell, CHANGES, before)).env;
    const changed = { ...setUp, http_proxy: 'http://somebody.else:1' };
    expect(runIn(shell, changed, undoScript(shell, changed)).env).toMatchObject({
      http_proxy: 'http://somebody.else:1',
      HTTPS_PROXY: ODD,
    });
  });

  test('set up twice, for an engine on another port, it is still set back to the first', (context) => {
    if (!find(shell)) return context.skip(`${shell} is not installed`);
    const first = runIn(shell, before, setUpScript(shell, CHANGES, before)).env;
    const other = { http_proxy: 'http://shop:run@127.0.0.1:5000', GIT_SSL_CAINFO: '/x.pem' };
    const second = runIn(shell, first, setUpScript(shell, other, first)).env;
    expect(second).toMatchObject({ ...other, HTTPS_PROXY: ODD });
    expect(second).not.toHaveProperty('NODE_USE_ENV_PROXY');
    expect(bare(runIn(shell, second, undoScript(shell, second)).env)).toEqual(bare(runIn(shell, before, '').env));
  });
});

test('a program started in such a terminal can see what was there before', () => {
  const before = { PATH: '/bin', HTTPS_PROXY: 'http://corp:3128' };
  const kept = /SALLYPORT_TERMINAL=(\S+)/.exec(setUpScript('bash', CHANGES, before))?.[1] ?? '';
  expect(originalEnvironment({ ...before, ...CHANGES, SALLYPORT_TERMINAL: kept })).toEqual(before);
  expect(originalEnvironment({ PATH: '/bin', SALLYPORT_TERMINAL: 'nonsense' })).toEqual({ PATH: '/bin' });
});

test('PowerShell and cmd are given their own words', () => {
  expect(setUpScript('powershell', { A: `it's` }, {})).toContain(`$env:A = 'it''s'`);
  expect(setUpScript('cmd', { A: 'C:\\a b\\c.pem' }, {})).toContain('set "A=C:\\a b\\c.pem"');
});

test('there is nothing to undo where nothing was set up', () => {
  expect(undoScript('bash', { PATH: '/bin' })).toBe('');
});
