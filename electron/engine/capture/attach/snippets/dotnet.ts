import { snippet } from './snippet.ts';

export const dotnetSnippet = snippet({
  id: 'dotnet',
  title: '.NET',
  says: 'HttpClient on .NET Core 3 and later.',
  programs: ['dotnet'],
  lines: ({ address, bundle, platform, variables }) => [
    ...variables('In the terminal that starts the program', {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      ...(platform === 'linux' && { SSL_CERT_FILE: bundle }),
    }),
    ...(platform === 'linux'
      ? []
      : [
          {
            does: '.NET on this system asks only the system for trust: install the CA there',
            text: 'sallyport ca install',
          },
        ]),
  ],
  send: null,
  untried:
    'Not tried: .NET has no program without a project that is built first. The lines are as its documentation says.',
});
