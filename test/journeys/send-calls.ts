import { Agent, request } from 'node:http';
import type { Route } from '../clients/origin.ts';
import type { World } from '../clients/world.ts';

/** One call as a program that was pointed at the proxy makes it, and waits for its answer. */
export interface SentCall {
  path: string;
  method?: string;
  /** The name it is listed under. */
  app?: string;
  body?: string;
}

/** Answers `/status/NNN` with that status, and `/slow/MS` after that time. */
export const statusRoute: Route = (asked, answer) => {
  const [, what, value] = /^\/(status|slow)\/(\d+)/.exec(asked.url ?? '') ?? [];
  if (what === undefined) return false;
  asked.resume();
  asked.on('end', () => {
    const end = (): void => {
      answer.writeHead(what === 'status' ? Number(value) : 200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ asked: asked.url }));
    };
    if (what === 'slow') setTimeout(end, Number(value));
    else end();
  });
  return true;
};

/** Sends calls one after the other, and comes back when they are recorded. */
export async function sendCalls(world: World, calls: readonly SentCall[]): Promise<void> {
  const [host, port] = world.proxy.split(':');
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  for (const { path, method = 'GET', app = 'journey', body } of calls) {
    await new Promise<void>((resolve, reject) => {
      const sent = request(
        {
          host,
          port,
          agent,
          method,
          path: `http://${world.vendor.host}${path}`,
          headers: {
            host: world.vendor.host,
            'proxy-authorization': `Basic ${Buffer.from(`${app}:`).toString('base64')}`,
            ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
          },
        },
        (answer) => answer.resume().on('end', resolve),
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
  agent.destroy();
}
