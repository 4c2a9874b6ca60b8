import type { ContextBridge, IpcRenderer } from 'electron';
import { BRIDGE, PORT_MESSAGE } from '../../shared/desktop/bridge.ts';
import type { DesktopBridge, EngineCondition } from '../../shared/desktop/bridge.ts';
import { CHANNELS } from './channels.ts';
import type { Answer } from './channels.ts';

/** What the preload needs of the page it runs in. */
export interface PageWorld {
  contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>;
  ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on' | 'send'>;
  /** `window.postMessage` to the page itself. */
  hand(message: string, ports: readonly unknown[]): void;
  argv: readonly string[];
  platform: string;
}

/**
 * Puts the bridge on the page's window. Each function sends one message of ours with plain data; the page gets neither
 * the ipc object nor an event of it. A port cannot cross the bridge, so it is handed as a message of the window.
 */
export function exposeBridge({ contextBridge, ipcRenderer, hand, argv, platform }: PageWorld): void {
  const option = (name: string): string =>
    argv.find((arg) => arg.startsWith(`--sallyport-${name}=`))?.slice(`--sallyport-${name}=`.length) ?? '';
  const engineListeners = new Set<(condition: EngineCondition) => void>();
  const commandListeners = new Set<(action: string) => void>();

  ipcRenderer.on(CHANNELS.port, (event) => hand(PORT_MESSAGE, event.ports));
  ipcRenderer.on(CHANNELS.engine, (_event, condition: EngineCondition) => {
    for (const listener of engineListeners) listener(condition);
  });
  ipcRenderer.on(CHANNELS.command, (_event, action: string) => {
    for (const listener of commandListeners) listener(action);
  });

  /** Electron puts its own words before a rejection's; ours come as data and are thrown here. */
  async function ask<T>(channel: string, value?: unknown): Promise<T> {
    const answer = (await ipcRenderer.invoke(channel, value)) as Answer<T>;
    if ('why' in answer) throw new Error(answer.why);
    return answer.value;
  }

  const bridge: DesktopBridge = {
    platform: platform as DesktopBridge['platform'],
    version: option('version'),
    door: option('door') === 'socket' ? 'socket' : 'port',
    requestPort: () => ipcRenderer.send(CHANNELS.requestPort),
    onEngine(listener) {
      engineListeners.add(listener);
      ipcRenderer.send(CHANNELS.askEngine);
      return () => void engineListeners.delete(listener);
    },
    onCommand(listener) {
      commandListeners.add(listener);
      return () => void commandListeners.delete(listener);
    },
    describeViews: (views) => ipcRenderer.send(CHANNELS.describeViews, views),
    restartEngine: () => ipcRenderer.send(CHANNELS.restartEngine),
    saveAs: (request) => ask(CHANNELS.saveAs, request),
    sendFile: (request) => ask(CHANNELS.sendFile, request),
    changeTrust: (what) => ask(CHANNELS.changeTrust, what),
    notify: (notice) => ipcRenderer.send(CHANNELS.notify, notice),
    openOutside: (url) => ask(CHANNELS.openOutside, url),
    settings: () => ask(CHANNELS.settings),
    changeSettings: (change) => ask(CHANNELS.changeSettings, change),
  };
  contextBridge.exposeInMainWorld(BRIDGE, bridge);
}
