// Loaded with `--import`: govern mode over the smallest link that asks a real question of a real server.
import net from 'node:net';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createFrameReader, jsonFrame } from '../../../shared/agent/frames.ts';
import type { FromEngine, Verdict } from '../../../shared/agent/link.ts';
import { startGovern } from '../../../electron/agent/govern/start-govern.ts';

const waiting = new Map<number, (verdict: Verdict | null) => void>();
let ports: number[] = [];
let lastId = 0;
let open = false;

const socket = net.connect(process.env['SALLYPORT_AGENT_SOCKET']!);
const welcomed = new Promise<void>((resolve) => {
  const reader = createFrameReader({
    json(payload) {
      for (const message of JSON.parse(Buffer.from(payload).toString('utf8')) as FromEngine[]) {
        if (message.type === 'welcome') {
          ports = message.proxyPorts;
          open = true;
          resolve();
        } else if (message.type === 'verdict') {
          waiting.get(message.id)?.(message);
          waiting.delete(message.id);
        }
      }
    },
    piece() {},
  });
  socket.on('data', (chunk) => reader.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    open = false;
    ports = [];
    for (const settle of waiting.values()) settle(null);
    resolve();
  });
});
await welcomed;
socket.unref();

export const store = new AsyncLocalStorage<{ tags?: Record<string, string>; app?: string }>();
let sites = 0;

startGovern(
  {
    proxyPorts: () => ports,
    settled: () => true,
    onSettled: () => {},
    ask(question) {
      if (!open) return Promise.resolve(null);
      const id = ++lastId;
      socket.write(jsonFrame(Buffer.from(JSON.stringify([{ ...question, type: 'ask', id }]))));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
  },
  {
    takeSite: () => ++sites,
    tags: () => store.getStore()?.tags ?? null,
    app: () => store.getStore()?.app ?? null,
    trace: () => null,
  },
);

Object.assign(globalThis, { governStore: store });
