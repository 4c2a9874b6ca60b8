import { snippet } from './snippet.ts';

export const rubySnippet = snippet({
  id: 'ruby',
  title: 'Ruby',
  says: 'Net::HTTP, Faraday and what is built on them; calls to this machine itself go around.',
  programs: ['ruby'],
  lines: ({ address, bundle, variables }) =>
    variables('In the terminal that starts the program', {
      http_proxy: address,
      https_proxy: address,
      SSL_CERT_FILE: bundle,
    }),
  send: ({ around, file, place, env, url }) =>
    around.runner.run(file, ['-rnet/http', '-e', 'puts Net::HTTP.get(URI(ARGV[0]))', url], {
      // Net::HTTP looks at the first of them for https, too.
      env: { ...env, http_proxy: place.address, https_proxy: place.address, SSL_CERT_FILE: place.bundle },
    }),
});
