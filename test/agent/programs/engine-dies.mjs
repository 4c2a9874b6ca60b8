// Calls on, whatever happens to the engine; says so line by line.
import http from 'node:http';
import { exchange } from './tell.mjs';

const base = process.argv[2];
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const told = [];
const calls = async () => {
  told.push((await exchange(http.get(`${base}/json`, { agent }))).statusCode);
  const response = await fetch(`${base}/echo`, { method: 'POST', body: 'still here' });
  told.push([response.status, (await response.json()).bytes]);
};
await calls();
process.stdout.write(`${JSON.stringify(told)}\n`);
process.on('message', () => {
  void calls()
    .then(calls)
    .then(
      () => process.send(told, () => process.exit(0)),
      (error) => process.send({ failed: String(error), cause: String(error.cause) }, () => process.exit(1)),
    );
});
