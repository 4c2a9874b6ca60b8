import { snippet } from './snippet.ts';
import type { Place } from './snippet.ts';

/** Where the trust bundle lies inside a container. */
const INSIDE = '/etc/sallyport/ca-bundle.pem';

/** The variables that most images' programs read; the file they name is mounted. */
function variablesFor(address: string): Record<string, string> {
  return {
    HTTP_PROXY: address,
    HTTPS_PROXY: address,
    http_proxy: address,
    https_proxy: address,
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: INSIDE,
    SSL_CERT_FILE: INSIDE,
    REQUESTS_CA_BUNDLE: INSIDE,
    CURL_CA_BUNDLE: INSIDE,
    AWS_CA_BUNDLE: INSIDE,
    GIT_SSL_CAINFO: INSIDE,
  };
}

/** Our port is on the loopback address. Docker Desktop leads there by a name; on Linux the container must share the network. */
function reach(place: Place): { address: string; network: string[] } {
  return place.platform === 'linux'
    ? { address: place.address, network: ['--network', 'host'] }
    : { address: place.address.replace(`@${place.host}:`, '@host.docker.internal:'), network: [] };
}

export const dockerSnippet = snippet({
  id: 'docker',
  title: 'Docker',
  says: 'A container that runs, not the building of an image. On Linux it shares this machine’s network, because the proxy listens on loopback only.',
  programs: ['docker', 'podman'],
  lines: (place) => {
    const { address, network } = reach(place);
    const variables = variablesFor(address);
    return [
      {
        does: 'docker run: put IMAGE and what follows it in place',
        text: place.command(
          'docker',
          'run',
          '--rm',
          ...network,
          '--volume',
          `${place.bundle}:${INSIDE}:ro`,
          ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
          'IMAGE',
        ),
      },
      {
        does: 'docker compose: in an override file, for the service called app',
        text: [
          'services:',
          '  app:',
          ...(place.platform === 'linux' ? ['    network_mode: host'] : []),
          '    environment:',
          ...Object.entries(variables).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`),
          '    volumes:',
          `      - ${JSON.stringify(`${place.bundle}:${INSIDE}:ro`)}`,
        ].join('\n'),
      },
    ];
  },
  send: null,
  untried:
    'Not tried: it would take an image, and none is fetched for a test. Run one of yours, and look for its calls.',
});
