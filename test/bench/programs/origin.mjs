// node origin.mjs PLAIN_PORT TLS_PORT FOLDER: /down?bytes=N, /up (counts the body), /events?n=N&every=MS
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [plain, tls, folder] = process.argv.slice(2);
const block = Buffer.alloc(256 * 1024, 'x');

function answer(request, response) {
  const url = new URL(request.url, 'http://origin');
  const number = (name) => Number(url.searchParams.get(name));
  if (url.pathname === '/down') {
    let left = number('bytes');
    response.writeHead(200, { 'content-length': left, 'content-type': 'application/octet-stream' });
    const go = () => {
      while (left > 0) {
        const piece = left >= block.length ? block : block.subarray(0, left);
        left -= piece.length;
        if (!response.write(piece)) return response.once('drain', go);
      }
      response.end();
    };
    go();
  } else if (url.pathname === '/up') {
    let bytes = 0;
    request.on('data', (chunk) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.end(String(bytes)));
  } else {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(`data: ${performance.timeOrigin + performance.now()}\n\n`);
      if (++sent === number('n')) {
        clearInterval(timer);
        response.end();
      }
    }, number('every'));
    response.on('close', () => clearInterval(timer));
  }
}

http.createServer(answer).listen(Number(plain), '127.0.0.1');
https
  .createServer({ cert: readFileSync(`${folder}/cert.pem`), key: readFileSync(`${folder}/key.pem`) }, answer)
  .listen(Number(tls), '127.0.0.1');
