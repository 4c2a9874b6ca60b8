import { spawnSync } from 'node:child_process';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openDoor, pidOf, start, type Door } from './listening.ts';

const doors: Door[] = [];
async function open(options: Parameters<typeof openDoor>[0] = {}): Promise<Door> {
  const door = await openDoor(options);
  doors.push(door);
  return door;
}
afterEach(async () => {
  for (const door of doors.splice(0)) await door.stop();
});

const HTTP = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const python = spawnSync('python3', ['--version']).status === 0;

/** What every answer must be: the true process, or an honest unknown. */
function expectTrueOrUnknown(fact: { process: string | null; unknown: string | null }, pid: number): boolean {
  if (fact.process !== null) expect(pidOf(fact.process)).toBe(pid);
  else expect(['gone', 'shared']).toContain(fact.unknown);
  return fact.process !== null;
}

describe.skipIf(process.platform !== 'linux')('who is at the other end', () => {
  it('is the program that opened the connection, with its name, command and parents', async () => {
    const door = await open({ answerWhenKnown: true });
    const { pid, ended } = start('bash', [
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/${door.port}; echo hello >&3; read -u 3 line; echo $line`,
    ]);
    const fact = await door.identified(1);
    expect(fact).toMatchObject({ by: 'socket', unknown: null, app: 'bash' });
    expect(pidOf(fact.process)).toBe(pid);
    const known = door.processes.get(fact.process!)!;
    expect(known).toMatchObject({ pid, name: 'bash', folder: process.cwd(), container: null });
    expect(known.parents[0]).toMatchObject({ pid: process.pid });
    expect(known.command).toContain('/dev/tcp/127.0.0.1');
    // Seconds are the grain of the machine's own start.
    expect(Math.abs(known.startedAt! / 1000 - Date.now())).toBeLessThan(30_000);
    expect(await ended).toBe('ok\n');
  });

  it.for([
    ['curl', ['-s', 'URL']],
    ['wget', ['-q', '-O', '-', 'URL']],
    ['python3', ['-c', 'import sys, urllib.request; urllib.request.urlopen("URL").read()']],
  ] as const)('is %s itself', async ([command, args], context) => {
    if (spawnSync(command, ['--version']).error !== undefined) context.skip(`${command} is not installed`);
    const door = await open({
      answerWhenKnown: true,
      answer: (socket, line) => line === '' && socket.end(HTTP),
    });
    const url = `http://127.0.0.1:${door.port}/`;
    // A shim may start the program proper; what has the socket is what counts.
    const { pid, ended } = start(
      command,
      args.map((arg) => arg.replace('URL', url)),
    );
    const fact = await door.identified(1);
    expect(fact.unknown).toBe(null);
    const known = door.processes.get(fact.process!)!;
    expect([known.pid, ...known.parents.map((parent) => parent.pid)]).toContain(pid);
    expect(known.name).toMatch(command);
    await ended;
  });

  it('is found, or honestly gone, though it lives for less than 50 ms', async () => {
    const door = await open({ answer: (socket, line) => line === '' && socket.end(HTTP) });
    const pids: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      const { pid, ended } = start('curl', ['-s', `http://127.0.0.1:${door.port}/${i}`]);
      pids.push(pid);
      await ended;
    }
    const calls = door.calls.filter(({ line }) => line.startsWith('GET'));
    const facts = await Promise.all(calls.map(({ call }) => door.identified(call)));
    for (const [i, fact] of facts.entries()) expectTrueOrUnknown(fact, pids[i]!);
    expect(facts.length).toBe(40);
  });

  // Two hundred programs take their time beside other suites.
  it('is right for each of 200 programs at once', { timeout: 120_000 }, async () => {
    const door = await open({ answerWhenKnown: true });
    const script = `exec 3<>/dev/tcp/127.0.0.1/${door.port}; echo $$ >&3; read -u 3 line`;
    const programs = Array.from({ length: 200 }, () => start('bash', ['-c', script]));
    await Promise.all(programs.map(({ ended }) => ended));
    const facts = await Promise.all(door.calls.map(({ call }) => door.identified(call)));
    expect(facts.map(({ process }) => pidOf(process))).toEqual(door.calls.map(({ line }) => Number(line)));
    expect(facts.length).toBe(200);
  });

  it('is the opener of a connection that its children inherit, or nobody', async (context) => {
    if (!python) context.skip('python3 is not installed');
    const door = await open({ answerWhenKnown: true });
    // Opens, forks, and then the child speaks: it is the opener's connection all the same.
    const program = `
import os, socket, sys, time
for i in range(10):
    s = socket.create_connection(("127.0.0.1", ${door.port}))
    child = os.fork()
    if child == 0:
        s.sendall(b"%d\\n" % os.getppid())
        s.recv(9)
        os._exit(0)
    os.waitpid(child, 0)
    s.close()
`;
    const { ended } = start('python3', ['-c', program]);
    await ended;
    const facts = await Promise.all(door.calls.map(({ call }) => door.identified(call)));
    expect(facts.length).toBe(10);
    for (const [i, fact] of facts.entries()) expectTrueOrUnknown(fact, Number(door.calls[i]!.line));
  });

  it('is gone when the program ended before anybody looked', async () => {
    const door = await open({ look: 'end' });
    const { ended } = start('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${door.port}; echo hello >&3`]);
    await ended;
    expect(await door.identified(1)).toMatchObject({ process: null, unknown: 'gone', app: null });
  });

  it('is not the next one that gets the same port', async () => {
    const door = await open({ answerWhenKnown: true });
    const first = net.connect({ port: door.port, host: '127.0.0.1' });
    first.write('first\n');
    await door.identified(1);
    const port = first.localPort!;
    first.resetAndDestroy();
    // bash cannot choose its port; curl can.
    const { pid, ended } = start('curl', [
      '-s',
      '--max-time',
      '5',
      '--local-port',
      String(port),
      `http://127.0.0.1:${door.port}/`,
    ]);
    const index = await door.called((line) => line.startsWith('GET'));
    const fact = await door.identified(index);
    expect(pidOf(door.facts.get(1)!.process)).toBe(process.pid);
    expectTrueOrUnknown(fact, pid);
    door.end();
    await ended;
  });
});
