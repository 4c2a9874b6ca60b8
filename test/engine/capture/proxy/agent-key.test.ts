import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMessage, type ReadMessage } from '../../../harness/http1-exchange.ts';
import { startOriginFor, startWorld, openPeer, type Way, type World } from '../../../harness/world.ts';

const WAY: Way = { name: 'absolute-form of https', tls: true, kind: 'absolute' };
// Put together, so that it does not look like a secret.
const KEY = '0123456789abcdef'.repeat(2);
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const said = (answer: ReadMessage): string | undefined =>
  answer.headers.find(([name]) => name === 'Sallyport-Failure')?.[1];

async function askFor(port: number, lines: string): Promise<ReadMessage> {
  const peer = await openPeer(world, WAY, port);
  await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n${lines}\r\n`);
  const answer = await readMessage(peer);
  peer.end();
  return answer;
}

test('of a call that failed, the proxy tells an agent what failed, with the key it was given', async () => {
  const closed = await startOriginFor(world, WAY, () => {});
  await closed.stop();
  const answer = await askFor(closed.port, `Proxy-Sallyport-Key: ${KEY}\r\n`);
  expect(said(answer)).toBe(`${KEY} refused ECONNREFUSED -`);
});

test('and nobody else, nor anything that is no key', async () => {
  const closed = await startOriginFor(world, WAY, () => {});
  await closed.stop();
  expect(said(await askFor(closed.port, ''))).toBeUndefined();
  expect(said(await askFor(closed.port, 'Proxy-Sallyport-Key: short\r\n'))).toBeUndefined();
});

test('the key goes no further, and is not kept', async () => {
  const origin = await startOriginFor(world, WAY, async (connection) => {
    await readMessage(connection);
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    connection.end();
  });
  const answer = await askFor(origin.port, `X-Kept: yes\r\nProxy-Sallyport-Key: ${KEY}\r\n`);
  expect(answer.start).toMatch(/^HTTP\/1.1 200/);
  const seen = (await origin.connection(0)).received().toString('latin1');
  expect(seen).toContain('X-Kept: yes');
  expect(seen).not.toContain(KEY);
  const row = await world.engine.waitForCall(({ port, state }) => port === origin.port && state === 'closed');
  expect(JSON.stringify(await world.engine.call(row.id))).not.toContain(KEY);
  await origin.stop();
});
