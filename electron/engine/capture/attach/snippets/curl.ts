import { snippet } from './snippet.ts';

export const curlSnippet = snippet({
  id: 'curl',
  title: 'curl',
  says: 'One call.',
  programs: ['curl'],
  lines: ({ address, bundle, command, platform }) => [
    {
      does: 'One call',
      text: command('curl', '--proxy', address, '--cacert', bundle, ...schannel(platform), 'https://example.com/'),
    },
  ],
  send: ({ around, file, place, env, url }) =>
    around.runner.run(
      file,
      ['-q', '-sS', '--proxy', place.address, '--cacert', place.bundle, ...schannel(place.platform), url],
      { env },
    ),
});

/** Windows' own TLS wants to ask whether a certificate was revoked, which a local CA cannot say. */
function schannel(platform: NodeJS.Platform): string[] {
  return platform === 'win32' ? ['--ssl-no-revoke'] : [];
}
