import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { TestCa } from '../../harness/test-ca.ts';

/** One request as it came. */
export interface Asked {
  host: string;
  path: string;
  body: Record<string, unknown>;
}

/** What to answer: JSON as a whole, events, bytes; `then`: what happens when it was written. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  /** Each sent as it is, one after the other. */
  pieces?: readonly (string | Buffer)[];
  /** Leave the answer unfinished: the caller has to go. */
  hang?: boolean;
  gzip?: boolean;
}

export interface ModelOrigin {
  port: number;
  asked: Asked[];
  stop(): Promise<void>;
}

/** Stands in for vendors of models: TLS by whatever name it is asked for. */
export async function startModelOrigin(ca: TestCa, answer: (asked: Asked) => Answer): Promise<ModelOrigin> {
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>();
  const asked: Asked[] = [];
  const server: Server = createServer(
    {
      SNICallback(name, done) {
        let context = contexts.get(name);
        if (!context) contexts.set(name, (context = createSecureContext(ca.server(name))));
        done(null, context);
      },
      ...ca.server('origin.test'),
    },
    (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const one: Asked = {
          host: request.headers.host ?? '',
          path: request.url ?? '',
          body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
        };
        asked.push(one);
        const { status = 200, headers = {}, json, pieces, hang, gzip } = answer(one);
        const type = json === undefined ? 'text/event-stream' : 'application/json';
        response.writeHead(status, { 'content-type': type, ...(gzip && { 'content-encoding': 'gzip' }), ...headers });
        const all = json === undefined ? (pieces ?? []) : [JSON.stringify(json)];
        if (gzip) response.write(gzipSync(Buffer.concat(all.map((piece) => Buffer.from(piece)))));
        else for (const piece of all) response.write(piece);
        if (!hang) response.end();
      });
      response.on('error', () => {});
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Server-sent events of JSON, as OpenAI and Anthropic send them. */
export function events(all: readonly unknown[], done = false): string[] {
  const named = all.map((data) => {
    const { type } = data as { type?: string };
    return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(data)}\n\n`;
  });
  return done ? [...named, 'data: [DONE]\n\n'] : named;
}
