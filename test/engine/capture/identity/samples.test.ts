// What the sampler counts: a connection once, whatever becomes of it.
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openDoor, start } from './listening.ts';

it.skipIf(process.platform !== 'linux')('a connection that closes a state at a time is one connection', async () => {
  const door = await openDoor();
  onTestFinished(() => door.stop());
  const server = net.createServer({ allowHalfOpen: true });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const look = async (): Promise<number> =>
    ((await door.identity.sample([])) ?? []).filter(({ remote }) => remote.port === port).length;

  await look();
  const { child, ended } = start('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; read -u 3 line`]);
  const [other] = (await once(server, 'connection')) as [net.Socket];
  other.on('error', () => {});
  expect(await look()).toBe(1);
  // The program is gone, its connection half closed; then the other half.
  child.kill();
  await ended;
  expect(await look()).toBe(0);
  other.end();
  other.resume();
  await once(other, 'close');
  expect(await look()).toBe(0);
});
