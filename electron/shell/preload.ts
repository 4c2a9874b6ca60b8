// Runs in the page's process, in a world of its own, before the page's first script. Built as one CommonJS file.
import { contextBridge, ipcRenderer } from 'electron';
import { exposeBridge } from './expose-bridge.ts';

/** The part of the page's window that is used here; this wing has no DOM types. */
interface PageWindow {
  location: { origin: string };
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
}

const page = globalThis as unknown as PageWindow;
exposeBridge({
  contextBridge,
  ipcRenderer,
  hand: (message, ports) => page.postMessage(message, page.location.origin, ports),
  argv: process.argv,
  platform: process.platform,
});
