import * as http2 from 'node:http2';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startH2Origin } from './h2-origin.ts';
import { readMessage } from './http1-exchange.ts';
import { openClient } from './raw-client.ts';
import { startOrigin } from './scripted-origin.ts';
import { createTestCa } from './test-ca.ts';

const ca = createTestCa();

describe('the scripted origin', () => {
  it('sees every byte, and says what it was told to', async () => {
    const origin = await startOrigin(async (connection) => {
      const request = await readMessage(connection);
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${request.body.length}\r\n\r\n`);
      await connection.send(request.body);
    });
    const client = await openClient({ host: '127.0.0.1', port: origin.port });
    const sent =
      'POST /x HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n';
    await client.send(sent);
    const answer = await readMessage(client);
    expect(answer.body.toString()).toBe('abcde');
    expect(origin.connections[0]?.received().toString('latin1')).toBe(sent);
    client.close();
    await origin.stop();
  });

  it('ends in order or by reset, and the client can tell', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send('HTTP/1.1 200 OK\r\n\r\npart');
      await connection.readHead();
      if (connection.index === 0) connection.end();
      else connection.reset();
    });
    for (const ending of ['fin', 'reset'] as const) {
      const client = await openClient({ host: '127.0.0.1', port: origin.port });
      await client.readUntil('part');
      await client.send('GET / HTTP/1.1\r\n\r\n');
      expect((await client.readToEnd()).ending).toBe(ending);
      client.close();
    }
    await origin.stop();
  });

  it('speaks TLS and knows the name it was asked by', async () => {
    const origin = await startOrigin(
      async (connection) => {
        await connection.send((await connection.readUntil('\n')).toUpperCase());
        connection.reset();
      },
      { tls: { ...ca.server('a.example'), ALPNProtocols: ['http/1.1'] } },
    );
    const client = await openClient({
      host: '127.0.0.1',
      port: origin.port,
      tls: { ca: ca.pem, servername: 'a.example', alpn: ['http/1.1'] },
    });
    await client.send('hello\n');
    expect(await client.readUntil('\n')).toBe('HELLO\n');
    expect((await client.readToEnd()).ending).toBe('reset');
    expect(client.alpn).toBe('http/1.1');
    expect(origin.connections[0]).toMatchObject({ serverName: 'a.example', alpn: 'http/1.1' });
    await origin.stop();
  });
});

it('the h2 origin tells of streams, trailers and resets', async () => {
  const origin = await startH2Origin(
    async (seen) => {
      await seen.whole;
      seen.stream.respond({ ':status': 200, 'x-seen': seen.body().toString() }, { waitForTrailers: true });
      seen.stream.on('wantTrailers', () => seen.stream.sendTrailers({ 'grpc-status': '0' }));
      seen.stream.end('answer');
    },
    { tls: ca.server('127.0.0.1') },
  );
  const session = http2.connect(`https://${origin.authority}`, { ca: ca.pem });
  const stream = session.request({ ':method': 'POST', ':path': '/p', 'x-a': '1' });
  stream.resume().end('hi');
  const [trailers] = await Promise.all([once(stream, 'trailers'), once(stream, 'close')]);
  expect(trailers[0]).toMatchObject({ 'grpc-status': '0' });
  expect(origin.streams[0]?.headers).toContainEqual([':path', '/p']);
  expect(origin.streams[0]?.headers).toContainEqual(['x-a', '1']);
  expect(await origin.streams[0]?.closed).toBe(0);
  session.destroy();
  await origin.stop();
});
