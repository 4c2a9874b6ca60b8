// The page's end: what the preload puts on its window, and how it gets a port.
import { EventEmitter } from 'node:events';
import type { IpcRenderer } from 'electron';
import { expect, test } from 'vitest';
import { BRIDGE, PORT_MESSAGE } from '../../shared/desktop/bridge.ts';
import type { DesktopBridge } from '../../shared/desktop/bridge.ts';
import { CHANNELS } from '../../electron/shell/channels.ts';
import { exposeBridge } from '../../electron/shell/expose-bridge.ts';

function preload(argv: string[] = ['electron', '--sallyport-door=port', '--sallyport-version=1.2.3']) {
  const ipc = new EventEmitter();
  const sent: unknown[][] = [];
  const handed: unknown[][] = [];
  const exposed: [string, DesktopBridge][] = [];
  let answer: unknown = { value: 'fine' };
  exposeBridge({
    contextBridge: { exposeInMainWorld: (name, bridge: DesktopBridge) => exposed.push([name, bridge]) },
    ipcRenderer: {
      on: ipc.on.bind(ipc) as unknown as IpcRenderer['on'],
      send: (...args: unknown[]) => void sent.push(args),
      invoke: async (...args: unknown[]) => {
        sent.push(args);
        return answer;
      },
    },
    hand: (...args) => handed.push(args),
    argv,
    platform: 'linux',
  });
  const [name, bridge] = exposed[0] ?? [];
  if (!bridge) throw new Error('nothing was exposed');
  return { name, bridge, exposed, ipc, sent, handed, answerWith: (next: unknown) => (answer = next) };
}

test('one thing is exposed: functions that each do one thing, and three facts', () => {
  const { name, bridge, exposed } = preload();
  expect([name, exposed.length]).toEqual([BRIDGE, 1]);
  expect(Object.keys(bridge).sort()).toEqual([
    'changeSettings',
    'changeTrust',
    'describeViews',
    'door',
    'notify',
    'onCommand',
    'onEngine',
    'openOutside',
    'platform',
    'requestPort',
    'restartEngine',
    'saveAs',
    'sendFile',
    'settings',
    'version',
  ]);
  expect([bridge.door, bridge.version, bridge.platform]).toEqual(['port', '1.2.3', 'linux']);
  expect(preload(['electron', '--sallyport-door=socket']).bridge.door).toBe('socket');
});

test('a port comes as a message of the window, for it cannot cross the bridge', () => {
  const { bridge, ipc, sent, handed } = preload();
  bridge.requestPort();
  expect(sent).toEqual([[CHANNELS.requestPort]]);
  ipc.emit(CHANNELS.port, { ports: ['the port'] });
  expect(handed).toEqual([[PORT_MESSAGE, ['the port']]]);
});

test('listeners get plain values, never an event that leads back to the main process', () => {
  const { bridge, ipc, sent } = preload();
  const heard: unknown[][] = [];
  const stop = bridge.onEngine((...args) => heard.push(args));
  expect(sent).toEqual([[CHANNELS.askEngine]]);
  bridge.onCommand((...args) => heard.push(args));
  ipc.emit(CHANNELS.engine, { sender: 'dangerous' }, { is: 'running' });
  ipc.emit(CHANNELS.command, { sender: 'dangerous' }, 'view.traffic');
  stop();
  ipc.emit(CHANNELS.engine, {}, { is: 'stopping' });
  expect(heard).toEqual([[{ is: 'running' }], ['view.traffic']]);
});

test('what cannot be done comes back as the sentence it is', async () => {
  const { bridge, answerWith } = preload();
  expect(await bridge.openOutside('https://example.com/')).toBe('fine');
  answerWith({ why: 'The disk is full.' });
  await expect(bridge.saveAs({ path: '/api/x', name: 'x' })).rejects.toThrow(/^The disk is full\.$/);
});
