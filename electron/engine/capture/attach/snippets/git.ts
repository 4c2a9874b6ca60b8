import { snippet } from './snippet.ts';

export const gitSnippet = snippet({
  id: 'git',
  title: 'git over https',
  says: 'Clone, fetch and push over https; ssh goes its own way.',
  programs: ['git'],
  lines: ({ address, bundle, command }) => [
    {
      does: 'One command',
      text: command('git', ...settings(address, bundle), 'clone', 'https://example.com/some/repository.git'),
    },
    {
      does: 'One repository, from inside it',
      text: [
        command('git', 'config', 'http.proxy', address),
        command('git', 'config', 'http.proxyAuthMethod', 'basic'),
        command('git', 'config', 'http.sslCAInfo', bundle),
      ].join('\n'),
    },
    {
      does: 'Undo it, from inside the repository',
      text: ['http.proxy', 'http.proxyAuthMethod', 'http.sslCAInfo']
        .map((name) => command('git', 'config', '--unset', name))
        .join('\n'),
    },
  ],
  // Our origin answers what git asks for with a list of one branch, whose name is the address.
  send: ({ around, file, place, env, url }) =>
    around.runner.run(file, [...settings(place.address, place.bundle), 'ls-remote', url], {
      env: { ...env, GIT_TERMINAL_PROMPT: '0' },
    }),
});

function settings(address: string, bundle: string): string[] {
  return ['-c', `http.proxy=${address}`, '-c', 'http.proxyAuthMethod=basic', '-c', `http.sslCAInfo=${bundle}`];
}
