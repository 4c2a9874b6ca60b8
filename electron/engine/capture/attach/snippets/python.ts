import { snippet } from './snippet.ts';

/** requests has a variable for trust of its own; urllib, httpx and aiohttp (with trust_env) ask OpenSSL's. */
export const pythonSnippet = snippet({
  id: 'python',
  title: 'Python',
  says: 'requests, urllib, httpx, and what is built on them.',
  programs: ['python3', 'python'],
  lines: ({ address, bundle, variables }) => [
    ...variables('In the terminal that starts the program', {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      http_proxy: address,
      https_proxy: address,
      REQUESTS_CA_BUNDLE: bundle,
      SSL_CERT_FILE: bundle,
    }),
    {
      does: 'In the program: requests',
      text: `requests.get(url, proxies={"http": ${python(address)}, "https": ${python(address)}}, verify=${python(bundle)})`,
    },
    {
      does: 'In the program: httpx',
      text: `httpx.Client(proxy=${python(address)}, verify=ssl.create_default_context(cafile=${python(bundle)}))`,
    },
    {
      does: 'In the program: aiohttp, with the variables set',
      text: 'aiohttp.ClientSession(trust_env=True)',
    },
  ],
  send: ({ around, file, place, env, url }) =>
    around.runner.run(file, ['-c', PROGRAM, url], {
      env: { ...env, https_proxy: place.address, SSL_CERT_FILE: place.bundle },
    }),
});

const PROGRAM = 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())';

function python(text: string): string {
  return JSON.stringify(text);
}
