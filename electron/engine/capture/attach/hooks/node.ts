import type { Hook } from './hook.ts';

/**
 * Node follows the variables with its own agents only: `NODE_USE_ENV_PROXY` says nothing to an agent that a library
 * makes for itself (Stripe, AWS, superagent and whoever wants to keep connections). A file of ours, loaded first, gives
 * those the same rule, as long as they choose nothing but how to pool: one that brings trust, a way or a lookup of its
 * own means it, and stays. Our agent sees what goes around; it does not lead it (test/clients/README.md).
 */
export const nodeHook: Hook = {
  id: 'node',
  variables({ before, address, files }) {
    const file = files.keep('node-start.cjs', NODE_HOOK);
    const option = `--require=${/[\s"\\]/.test(file) ? `"${file.replaceAll(/[\\"]/g, String.raw`\$&`)}"` : file}`;
    const options = before['NODE_OPTIONS'] ?? '';
    return {
      NODE_OPTIONS: options.includes(option) ? options : [options, option].filter(Boolean).join(' '),
      SALLYPORT_PROXY: address,
    };
  },
};

const NODE_HOOK = String.raw`'use strict';
// Written by Sallyport for programs under "sallyport run"; goes away with the variable NODE_OPTIONS.
try {
  const { SALLYPORT_PROXY, https_proxy, NODE_USE_ENV_PROXY } = process.env;
  if (SALLYPORT_PROXY && https_proxy === SALLYPORT_PROXY && NODE_USE_ENV_PROXY === '1') {
    const pooling = new Set([
      'keepAlive', 'keepAliveMsecs', 'agentKeepAliveTimeoutBuffer', 'maxSockets', 'maxTotalSockets',
      'maxFreeSockets', 'scheduling', 'timeout', 'noDelay', 'defaultPort', 'protocol',
    ]);
    const isPlain = (options) =>
      Object.keys(options).every((name) => options[name] === undefined || pooling.has(name));
    for (const library of [require('http'), require('https')]) {
      const { Agent } = library;
      const routed = new Proxy(Agent, {
        construct(target, given, made) {
          // A class built upon it knows better.
          if (made !== routed) return Reflect.construct(target, given, made);
          const options = given[0] == null ? {} : given[0];
          return Reflect.construct(target, isPlain(options) ? [{ ...options, proxyEnv: process.env }] : given);
        },
        apply(target, self, given) {
          return self instanceof Agent ? Reflect.apply(target, self, given) : new routed(...given);
        },
      });
      library.Agent = routed;
      // What "agent: false" makes anew.
      Object.defineProperty(Agent.prototype, 'constructor', { value: routed, writable: true, configurable: true });
    }
    require('module').syncBuiltinESMExports();
  }
} catch {
  // The program goes on as it would without us.
}
`;
