import { describe, expect, test } from 'vitest';
import type { Command } from 'commander';
import { createProgram } from '../../electron/cli/program.ts';
import { reachArguments, readConnectTo } from '../../electron/cli/shared-options.ts';
import { sallyport } from '../harness/command.ts';

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0
    ? [command]
    : command.commands.filter((sub) => sub.name() !== 'help').flatMap(leaves);
}

test.each(leaves(createProgram()).map((command) => [command.name(), command] as const))(
  '%s has help with an example',
  (_name, command) => {
    expect(helpOf(command)).toMatch(/Examples?:\n {2}.*\b(sallyport|npm|curl)\b/);
  },
);

test('--ephemeral is not for people', () => {
  const serve = createProgram().commands.find((command) => command.name() === 'serve');
  expect(serve && helpOf(serve)).not.toContain('ephemeral');
});

test.each([
  [['cals'], 2, /unknown command 'cals'[^]*Did you mean .*calls/],
  [['calls', '--folow'], 2, /unknown option '--folow'[^]*Did you mean --follow/],
  [['ca', 'instal'], 2, /unknown command 'instal'[^]*Did you mean .*install/],
  [['serve', '--proxy-port', '70000'], 2, /whole number from 0 to 65535/],
  [['serve', '--connect-to', 'a=b'], 2, /HOST:PORT=HOST:PORT/],
  [['run'], 2, /missing required argument 'command'[^]*\nSee: sallyport run --help\n$/],
  [['--nonsense'], 2, /unknown option[^]*\nSee: sallyport --help\n$/],
  [['calls', '--limit', 'x'], 2, /whole number from 0 up[^]*\nSee: sallyport calls --help\n$/],
  [['ca', 'install', '--nonsense'], 2, /unknown option[^]*\nSee: sallyport ca install --help\n$/],
])('%j is refused with %i', async (args, code, reason) => {
  const ended = await sallyport(args);
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toMatch(reason);
  expect(ended.stderr).not.toContain('    at ');
});

test.each(['-host:localhost', '-failure:*', '-header.retry-after:', '-(status:200)', '-"v1"'])(
  'a filter that begins with not is no option: %s',
  async (filter) => {
    const ended = await sallyport(['calls', filter, '--data', '/nowhere/at/all']);
    expect(ended.stderr).toMatch(/Nothing is recorded/);
  },
);

describe('--connect-to', () => {
  test.each([
    ['api.example.com:443=127.0.0.1:8443', { host: 'api.example.com', port: 443, toHost: '127.0.0.1', toPort: 8443 }],
    [':443=localhost:8443', { host: '', port: 443, toHost: 'localhost', toPort: 8443 }],
    ['a.b:=c:1', { host: 'a.b', port: 0, toHost: 'c', toPort: 1 }],
    ['[::1]:80=[::2]:81', { host: '::1', port: 80, toHost: '::2', toPort: 81 }],
  ])('%s', (text, to) => {
    expect(readConnectTo(text)).toEqual(to);
    const [, again = ''] = reachArguments({ connectTo: [to] });
    expect(readConnectTo(again)).toEqual(to);
  });

  test.each(['', 'a:1', 'a:1=b', 'a:1=b:0', 'a:1=:2', 'a:99999=b:1', 'a:1=b:2=c:3', 'a=b:1', 'http://a:1=b:2'])(
    'not %j',
    (text) => {
      expect(() => readConnectTo(text)).toThrow(/must be HOST:PORT/);
    },
  );
});
