import { describe, expect, it } from 'vitest';
import { readFolder, readLsof, readPs } from '../../../../electron/engine/capture/identity/macos/lsof.ts';
import { createToolSystem, type Tools } from '../../../../electron/engine/capture/identity/tool-system.ts';
import {
  readCim,
  readNetstat,
  readTcp6Table,
  readTcpTable,
  splitCommandLine,
} from '../../../../electron/engine/capture/identity/windows/tables.ts';
import { endsOf, findSocket, readTable } from '../../../../electron/engine/capture/identity/linux/socket-table.ts';
import { readPointer } from '../../../../electron/engine/capture/identity/linux/sample-connections.ts';
import type { OwnerAnswer } from '../../../../electron/engine/capture/identity/answered.ts';
import { monotonicMs } from '../../../../electron/engine/capture/identity/monotonic.ts';

describe('what systems print is read', () => {
  it('Linux: the table of sockets, and IPv4 in the IPv6 one', () => {
    const tcp =
      '  sl  local_address rem_address   st\n' +
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0\n' +
      '   1: 0100007F:C350 0100007F:1F90 06 00000000:00000000 03:00001700 00000000     0        0 0 3 0\n' +
      '   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0\n';
    const tcp6 =
      '   0: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0\n';
    const ends = endsOf('127.0.0.1', 50_000, '::ffff:127.0.0.1', 8080);
    expect(findSocket(tcp, ends.tcp!)).toEqual({ inode: '4711', uid: 1000 });
    const mapped = endsOf('127.0.0.1', 50_001, '127.0.0.1', 8080);
    expect(findSocket(tcp, mapped.tcp!)).toBe(null);
    expect(findSocket(tcp6, mapped.tcp6!)).toEqual({ inode: '4712', uid: 1000 });
    expect(readTable(tcp6, (state) => state === 1)).toMatchObject([
      { local: { address: '127.0.0.1', port: 50_001 }, remote: { address: '127.0.0.1', port: 8080 }, inode: '4712' },
    ]);
  });

  it('Linux: the proxy an environment points at', () => {
    const id = '00112233';
    expect(readPointer(`A=1\0https_proxy=http://shop%20a:run-${id}.secret@127.0.0.1:9797\0`)).toEqual({
      port: 9797,
      app: 'shop a',
      run: id,
    });
    expect(readPointer('http_proxy=http://proxy.corp.example:3128\0')).toBe(null);
  });

  it('macOS: lsof and ps', () => {
    expect(
      readLsof('p501\nf12\nn127.0.0.1:50000->127.0.0.1:9797\np502\nf3\nn[::1]:50001->[::1]:9797\nn*:80\n'),
    ).toEqual([
      { pid: 501, local: { address: '127.0.0.1', port: 50_000 }, remote: { address: '127.0.0.1', port: 9797 } },
      { pid: 502, local: { address: '::1', port: 50_001 }, remote: { address: '::1', port: 9797 } },
    ]);
    expect(readFolder('p501\nfcwd\nn/Users/a/work\n')).toBe('/Users/a/work');
    const at = 'Mon Nov 23 13:02:55 2026';
    expect(
      readPs(
        `  501     1 ${at} anna /Applications/My App/bin/node app.js --x\n`,
        `  501     1 ${at} anna /Applications/My App/bin/node\n`,
      ),
    ).toEqual([
      {
        pid: 501,
        parent: 1,
        startedAt: Date.parse(at) * 1000,
        user: 'anna',
        executable: '/Applications/My App/bin/node',
        args: ['/Applications/My App/bin/node', 'app.js', '--x'],
      },
    ]);
  });

  it('Windows: both tables, netstat, and processes', () => {
    const four = Buffer.alloc(4 + 24);
    four.writeUInt32LE(1, 0);
    four.writeUInt32LE(5, 4);
    four.set([127, 0, 0, 1], 8);
    four.writeUInt16BE(50_000, 12);
    four.set([127, 0, 0, 1], 16);
    four.writeUInt16BE(9797, 20);
    four.writeUInt32LE(4242, 24);
    const entry = {
      pid: 4242,
      local: { address: '127.0.0.1', port: 50_000 },
      remote: { address: '127.0.0.1', port: 9797 },
    };
    expect(readTcpTable(four)).toEqual([entry]);
    const six = Buffer.alloc(4 + 56);
    six.writeUInt32LE(1, 0);
    six[4 + 15] = 1;
    six.writeUInt16BE(50_000, 4 + 20);
    six[4 + 24 + 15] = 1;
    six.writeUInt16BE(9797, 4 + 44);
    six.writeUInt32LE(5, 4 + 48);
    six.writeUInt32LE(4242, 4 + 52);
    expect(readTcp6Table(six)).toEqual([
      { ...entry, local: { address: '::1', port: 50_000 }, remote: { address: '::1', port: 9797 } },
    ]);
    // A table cut short is read as far as it goes.
    expect(readTcpTable(four.subarray(0, 20))).toEqual([]);
    expect(
      readNetstat(
        '  TCP    127.0.0.1:50000   127.0.0.1:9797    HERGESTELLT     4242\r\n  TCP    0.0.0.0:80   0.0.0.0:0   ABHÖREN   4\r\n',
      ),
    ).toEqual([entry]);
    expect(
      readCim(
        '{"ProcessId":4242,"ParentProcessId":1,"ExecutablePath":"C:\\\\n\\\\node.exe","CommandLine":"\\"C:\\\\n\\\\node.exe\\" app.js \\"a b\\"","Started":1000}',
      ),
    ).toMatchObject([{ pid: 4242, parent: 1, startedAt: 1_000_000, args: ['C:\\n\\node.exe', 'app.js', 'a b'] }]);
    expect(readCim('no json')).toEqual([]);
    expect(splitCommandLine('a "b \\"c\\" d" e')).toEqual(['a', 'b "c" d', 'e']);
  });
});

describe('where the system’s tools are asked', () => {
  const connection = (pid: number) => ({
    pid,
    local: { address: '127.0.0.1', port: 50_000 },
    remote: { address: '127.0.0.1', port: 9797 },
  });
  const node = {
    pid: 501,
    parent: 1,
    startedAt: 1_000_000,
    executable: '/usr/bin/node',
    args: ['node', 'app.js'],
    user: 'anna',
  };
  function ask(tools: Partial<Tools>): OwnerAnswer {
    const system = createToolSystem(
      { connections: () => [connection(501)], processes: () => [node], folderOf: () => null, samples: false, ...tools },
      { home: '/', commandText: () => (args) => args.join(' ') },
    );
    let answer: OwnerAnswer | null = null;
    const question = {
      id: 1,
      clientAddress: '127.0.0.1',
      clientPort: 50_000,
      address: '127.0.0.1',
      port: 9797,
      at: monotonicMs(),
    };
    system.begin([{ question, give: (owner) => (answer = owner) }], () => true);
    return answer!;
  }

  it('the one that holds the connection is told', () => {
    expect(ask({})).toMatchObject({
      process: { key: '501@1000000', identity: { name: 'app.js', user: 'anna' }, app: 'app.js' },
    });
  });
  it('of several nobody is', () => {
    expect(ask({ connections: () => [connection(501), connection(502)] })).toEqual({ unknown: 'shared' });
  });
  it('one that began after its connection has got the number since', () => {
    const later = { ...node, startedAt: Date.now() * 1000 + 60_000_000 };
    expect(ask({ processes: () => [later] })).toEqual({ unknown: 'gone' });
  });
  it('what cannot be read is not made up', () => {
    expect(ask({ connections: () => [] })).toEqual({ unknown: 'gone' });
    expect(ask({ processes: () => [] })).toEqual({ unknown: 'not-permitted' });
    const broken = (): never => {
      throw new Error('no such tool');
    };
    expect(ask({ connections: broken })).toEqual({ unknown: 'unsupported' });
  });
});
