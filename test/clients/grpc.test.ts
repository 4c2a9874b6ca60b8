// @grpc/grpc-js over intercepted TLS: it asks for a tunnel, speaks HTTP/2 inside, and ends every call with trailers.
import {
  Server,
  ServerCredentials,
  status,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parrot } from './programs/parrot.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const server = new Server();
const host = 'grpc.vendor.example';

beforeAll(async () => {
  server.addService(parrot, {
    Say: (call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => answer(null, `${call.request}!`),
    Repeat: (call: ServerWritableStream<string, string>) => {
      for (let n = 0; n < 3; n += 1) call.write(`${call.request}${n}`);
      call.end();
    },
    Refuse: (_: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) =>
      answer({ code: status.PERMISSION_DENIED, details: 'not today' }),
  });
  world = await startWorld({
    startHosts: async (ca) => {
      const { cert, key } = ca.server(host);
      const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
      const port = await new Promise<number>((resolve, reject) => {
        const credentials = ServerCredentials.createSsl(null, [pair]);
        server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
      });
      return { [`${host}:443`]: port };
    },
  });
});
afterAll(async () => {
  server.forceShutdown();
  await world.stop();
});

test('unary, server streaming and an error in the trailers', async () => {
  const program = join(import.meta.dirname, 'programs', 'grpc-client.ts');
  const ran = await world.run('grpc-js', [process.execPath, program, `${host}:443`]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: `ahoy! aye0,aye1,aye2 ${status.PERMISSION_DENIED}\n` });
  const rows = await world.calls('grpc-js');
  expect(rows.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /test.Parrot/Say',
    'POST /test.Parrot/Repeat',
    'POST /test.Parrot/Refuse',
  ]);
  for (const row of rows)
    expect(row).toMatchObject({ app: 'grpc-js', host, status: 200, protocol: 'h2', failure: null });
  // Each message has five bytes before it.
  expect(rows[0]).toMatchObject({ requestBodyBytes: 5 + 6, responseBodyBytes: 5 + 7 });
  const { stdout } = await world.sallyport('call', [rows[2]?.id ?? '', '--format', 'json']);
  expect(stdout).toMatch(/grpc-status[^]*7/);
});
