import { parentPort } from 'node:worker_threads';

const response = await fetch(`${process.argv[2]}/json?worker`);
parentPort.postMessage([response.status, await response.text()]);
