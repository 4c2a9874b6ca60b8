// Rule: a command is found and quoted as its system does it; what the program gets are the arguments as typed.
import { expect, test } from 'vitest';
import { commandLine } from '../../electron/cli/command-line.ts';

const env = { PATH: 'C:\\node;C:\\tools\\', PATHEXT: '.EXE;.CMD', ComSpec: 'C:\\cmd.exe' };
const there = new Set(['C:\\node\\npm.CMD', 'C:\\tools\\curl.EXE']);
const onWindows = (command: string, args: string[]) =>
  commandLine(command, args, env, 'win32', (path) => there.has(path));

test('elsewhere than on Windows nothing is changed', () => {
  const { file, args } = commandLine('npm', ['a b', '"'], env, 'linux');
  expect([file, ...args]).toEqual(['npm', 'a b', '"']);
});

test('on Windows a program is found by its ending', () => {
  expect(onWindows('curl', ['-s', 'x'])).toEqual({ file: 'C:\\tools\\curl.EXE', args: ['-s', 'x'], verbatim: false });
});

test('on Windows a batch file runs in cmd.exe, and nothing in its arguments is acted upon', () => {
  const { file, args, verbatim } = onWindows('npm', ['run', 'a & b', '%PATH%']);
  expect(file).toBe('C:\\cmd.exe');
  expect(verbatim).toBe(true);
  expect(args.slice(0, 3)).toEqual(['/d', '/s', '/c']);
  expect(args[3]).toContain('^"a^ ^&^ b^"');
  expect(args[3]).toContain('^"^%PATH^%^"');
});

test('what is nowhere keeps its name, so that the error names it', () => {
  expect(onWindows('nothing', []).file).toBe('nothing');
});
