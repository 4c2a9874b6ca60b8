import { Agent, request } from 'node:http';
import { Readable } from 'node:stream';

/**
 * `fetch` for the engine's own door, over node:http. The global fetch would follow the proxy
 * variables that `sallyport run` sets, and so send questions about the engine through the engine;
 * it also takes longer to load than the whole question takes. The agent says that it wants no proxy, because `run`
 * gives one to agents that say nothing.
 */
export async function loopbackFetch(asked: Request): Promise<Response> {
  return send(asked, asked.body === null ? null : Buffer.from(await asked.arrayBuffer()));
}

/** The same for bodies of any size: sent on as they come. */
export async function streamToLoopback(asked: Request): Promise<Response> {
  return send(asked, asked.body === null ? null : Readable.fromWeb(asked.body));
}

function send(asked: Request, body: Buffer | Readable | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(
      asked.url,
      { agent: AGENT, method: asked.method, headers: Object.fromEntries(asked.headers), signal: asked.signal },
      (answer) => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(answer.headers))
          for (const one of [value ?? []].flat()) headers.append(name, one);
        const status = answer.statusCode ?? 500;
        // An end of the connection ends the stream; it must not become an uncaught error of the pipe.
        answer.on('error', () => {});
        resolve(
          new Response(status === 204 ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), {
            status,
            headers,
          }),
        );
      },
    );
    sent.on('error', reject);
    if (body instanceof Readable) {
      body.on('error', (error) => sent.destroy(error));
      body.pipe(sent);
    } else sent.end(body ?? undefined);
  });
}

const AGENT = new Agent({ keepAlive: true, proxyEnv: {} });
