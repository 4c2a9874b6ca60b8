// The engine's process as a thread: `process.parentPort` as Electron's utility processes have it.
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

type Listener = (message: { data: unknown; ports: MessagePort[] }) => void;
Object.assign(process, {
  parentPort: {
    on: (_event: 'message', listener: Listener) => parentPort?.on('message', listener),
    postMessage: (message: unknown) => parentPort?.postMessage(message),
  },
});
await import(String(workerData));
