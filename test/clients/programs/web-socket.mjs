// ws: says two things, prints what comes back, and closes. `plain` uses it as its documentation begins; `agent` hands
// it Node's own agents, which know the proxy.
import http from 'node:http';
import https from 'node:https';
import { WebSocket } from 'ws';

const [way, url] = process.argv.slice(2);
const agent = url.startsWith('wss:') ? https.globalAgent : http.globalAgent;
const socket = new WebSocket(url, way === 'agent' ? { agent, createConnection: undefined } : {});
/** @type {string[]} */
const heard = [];
socket.on('open', () => socket.send('ahoy'));
socket.on('message', (data) => {
  const bytes = /** @type {Buffer} */ (data);
  heard.push(bytes.toString());
  if (heard.length === 1) socket.send('x'.repeat(5000));
  else socket.close(1000, 'done');
});
socket.on('close', (code) => console.log(heard[0], heard[1]?.length, code));
socket.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
