import { LINK_ENV } from '../../../../../shared/agent/link.ts';
import { PROBE } from '../probe.ts';
import { snippet } from './snippet.ts';

/** Node from 22.21 and 24 on follows the variables when told so; older ones need a line of code. */
export const nodeSnippet = snippet({
  id: 'node',
  title: 'Node.js',
  says: 'http, https and fetch of Node 22.21, 24 and later; older ones with undici.',
  programs: ['node'],
  lines: ({ address, ca, agent, variables, command }) => [
    ...variables('In the terminal that starts the program', {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      NODE_EXTRA_CA_CERTS: ca,
    }),
    ...(agent === null
      ? []
      : [
          ...variables('For the package and the line that made each call, and calls that use no proxy: these, too', {
            [LINK_ENV.socket]: agent.socket,
            [LINK_ENV.secretFile]: agent.secretFile,
          }),
          { does: '… and our agent in the program', text: command('node', '--require', agent.file, 'app.js') },
          {
            does: '… or in a project that has sallyport installed, which can then tag its calls',
            text: command('node', '--import', 'sallyport/agent', 'app.js'),
          },
        ]),
    {
      does: 'Node before 22.21: in the program, with the same variables set (npm install undici)',
      text: "import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';\nsetGlobalDispatcher(new EnvHttpProxyAgent());",
    },
  ],
  send: ({ around, file, place, env, url }) =>
    around.runner.run(file, ['-e', PROBE, url], {
      env: { ...env, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: place.address, NODE_EXTRA_CA_CERTS: place.ca },
    }),
});
