import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { readClientHello } from '../../shared/bytes/client-hello.ts';

/** The first bytes that a real TLS client sends. */
export async function captureHello(options: ConnectionOptions): Promise<Uint8Array> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    rejectUnauthorized: false,
    ...options,
  });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const chunks: Buffer[] = [];
  while (readClientHello(Buffer.concat(chunks)).state === 'need-more') chunks.push((await once(socket, 'data'))[0]);
  client.destroy();
  socket.destroy();
  server.close();
  return new Uint8Array(Buffer.concat(chunks));
}
