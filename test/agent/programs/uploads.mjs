// Writes until it is told to wait, to an origin that does not read; then says how much it could write.
import http from 'node:http';
import https from 'node:https';
import { saidAll, tell } from './tell.mjs';

const base = process.argv[2];
const client = base.startsWith('https:') ? https : http;
await tell('written', async () => {
  const request = client.request(`${base}/unread`, { method: 'POST' });
  request.on('error', () => {});
  const piece = Buffer.alloc(64 * 1024);
  let written = 0;
  let waits = false;
  while (!waits && written < 512 * 1024 * 1024) {
    if (request.write(piece)) written += piece.length;
    else {
      written += piece.length;
      waits = await new Promise((resolve) => {
        const timer = setTimeout(() => resolve(true), 1000);
        request.once('drain', () => {
          clearTimeout(timer);
          resolve(false);
        });
      });
    }
  }
  request.destroy();
  return { waits, bounded: written < 64 * 1024 * 1024, rss: process.memoryUsage().rss < 300 * 1024 * 1024 };
});
saidAll();
