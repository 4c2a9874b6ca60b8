// Whose socket it is, by the number that the kernel gives it.
import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { createOwnerFinder, type Owner } from '../../../../electron/engine/capture/identity/linux/find-owners.ts';
import { bootTime, socketsOf } from '../../../../electron/engine/capture/identity/linux/proc.ts';
import { createProcessReader } from '../../../../electron/engine/capture/identity/linux/read-process.ts';

test('whoever asks is answered: two for one socket, and for sockets of nobody', async (context) => {
  if (process.platform !== 'linux') return context.skip('Linux numbers its sockets so');
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = socketsOf(process.pid);
  if (sockets === null || sockets === 'denied') throw new Error('This process may not look at itself.');
  const uid = process.getuid?.() ?? -1;
  const reader = createProcessReader({ boot: bootTime(), home: '/', commandText: () => () => null });
  const finder = createOwnerFinder(reader, uid, null);
  const answers: Owner[] = [];
  const inode = [...sockets][0]!;
  for (const number of [inode, inode, '0', '0']) finder.search({ inode: number, uid }, (owner) => answers.push(owner));
  while (finder.work(1000));
  server.close();
  const told = answers.map((owner) => ('process' in owner ? owner.process.identity.pid : owner.unknown));
  expect(told.sort()).toEqual([process.pid, process.pid, 'gone', 'gone']);
});
