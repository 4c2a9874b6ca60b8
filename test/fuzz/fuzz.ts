// node test/fuzz/fuzz.ts [--seconds 60] [--seed N]: bent requests and bent answers through the real engine. Any declared
// failure is fine; a crash, a hang, a leak, a fault of ours, or a message that could be read in two ways is a bug.
import { setTimeout as pause } from 'node:timers/promises';
import { startOrigin } from '../harness/scripted-origin.ts';
import { openPeer, PLAIN, startWorld, type Peer, type World } from '../harness/world.ts';
import { mutate, seeded } from './mutate.ts';
import { readStrictly } from './strict-messages.ts';

const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const seconds = option('--seconds', 60);
const firstSeed = option('--seed', Date.now() % 1_000_000_000);
const only = process.argv.includes('--seed') && !process.argv.includes('--seconds');

const REQUESTS = [
  'GET %/a HTTP/1.1\r\nHost: @\r\nAccept: */*\r\n\r\n',
  'POST %/b HTTP/1.1\r\nHost: @\r\nContent-Length: 5\r\nX: y\r\n\r\nhello',
  'POST %/c HTTP/1.1\r\nHost: @\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n',
  'POST %/d HTTP/1.1\r\nHost: @\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  'GET %/e HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
];
const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok',
];
const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;

/** Ends with the connection, or says that it hung. */
async function toEnd(peer: Peer, what: string): Promise<string> {
  const hung = Symbol('hung');
  const result = await Promise.race([peer.readToEnd(), pause(8000, hung, { ref: false })]);
  if (result === hung)
    throw new Error(`${what} hung; so far ${JSON.stringify(peer.received().toString('latin1').slice(-500))}`);
  return peer.received().toString('latin1');
}

async function bentRequest(world: World, random: () => number): Promise<void> {
  const origin = await startOrigin(async (connection) => {
    for (;;) {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
  const peer = await openPeer(world, PLAIN, origin.port);
  const good = pick(REQUESTS, random).replace('%', `http://${peer.authority}`).replace('@', peer.authority);
  const bent = mutate(good, random);
  const marker = `GET http://${peer.authority}/marker HTTP/1.1\r\nHost: ${peer.authority}\r\nConnection: close\r\n\r\n`;
  try {
    await peer.send(bent + marker).catch(() => {});
    peer.end();
    const told = await toEnd(peer, 'the client of a bent request');
    const refused = /\r\nSallyport-Error: malformed-request\r\n/.test(told);
    for (const connection of origin.connections) {
      const reading = readStrictly(connection.received().toString('latin1'));
      // A CONNECT or an upgrade that the bending made is passed on as it is.
      if (reading.fault !== null && !/^CONNECT |upgrade: websocket/im.test(bent))
        throw new Error(`the origin was sent what can be read in two ways: ${reading.fault}`);
      if (
        refused &&
        reading.whole.some((line) => line.includes('/marker')) &&
        told.indexOf('Sallyport-Error: malformed-request') < told.lastIndexOf('HTTP/1.1 200')
      )
        throw new Error('what came after a refused request was served');
    }
  } catch (error) {
    throw new Error(`request ${JSON.stringify(bent)}: ${String(error)}`, { cause: error });
  } finally {
    peer.close();
    await origin.stop();
  }
}

async function bentAnswer(world: World, random: () => number): Promise<void> {
  const bent = mutate(pick(ANSWERS, random), random);
  let asked = 0;
  const origin = await startOrigin(async (connection) => {
    for (;;) {
      await connection.readHead();
      if (asked++ === 0) {
        await connection.send(`${bent}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned`);
        if (random() < 0.5) return connection.end();
      } else await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Good: 1\r\n\r\ngood');
    }
  });
  const ask = async (path: string): Promise<string> => {
    const peer = await openPeer(world, PLAIN, origin.port);
    try {
      await peer.send(`GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\nConnection: close\r\n\r\n`);
      return await toEnd(peer, 'the client of a bent answer');
    } finally {
      peer.close();
    }
  };
  try {
    await ask('/first');
    const second = await ask('/second');
    if (!/good$|^HTTP\/1\.1 50\d /.test(second))
      throw new Error(`the next call was answered with ${JSON.stringify(second)}`);
  } catch (error) {
    throw new Error(`answer ${JSON.stringify(bent)}: ${String(error)}`, { cause: error });
  } finally {
    await origin.stop();
  }
}

const world = await startWorld({
  limits: { headTime: 1000, bodyTime: 1000, idleTime: 2000 },
  timeouts: { connect: 1000, head: 1000, body: 1000 },
});
const until = performance.now() + seconds * 1000;
let seed = firstSeed;
let failures = 0;

/** Most of a case is waiting, so many are under way at once. Each has its own origin and its own seed. */
async function work(): Promise<void> {
  do {
    const mine = seed++;
    const random = seeded(mine);
    try {
      await (random() < 0.6 ? bentRequest : bentAnswer)(world, random);
    } catch (error) {
      failures++;
      console.error(`seed ${mine}: ${error instanceof Error ? error.message : String(error)}`);
    }
  } while (!only && performance.now() < until && failures < 20);
}
await Promise.all(Array.from({ length: only ? 1 : 24 }, work));
try {
  await world.stop();
} catch (error) {
  failures++;
  console.error(String(error));
}
console.log(
  `${seed - firstSeed} cases from seed ${firstSeed}: ${failures === 0 ? 'nothing found' : `${failures} failures`}`,
);
process.exit(failures === 0 ? 0 : 1);
