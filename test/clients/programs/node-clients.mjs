// One of Node's ways to make a call, chosen by name: prints what a get and a post answered.
import http from 'node:http';
import https from 'node:https';

const [way, things, echo] = process.argv.slice(2);

/** @param {string} url @param {string} [body] */
function withModule(url, body) {
  const module = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = module.request(url, { method: body === undefined ? 'GET' : 'POST' }, (answer) => {
      let text = '';
      answer
        .setEncoding('utf8')
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve(text))
        .on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @param {string} url @param {string} [body] */
async function withFetch(url, body) {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body });
  return await answer.text();
}

/** @param {string} url @param {string} [body] */
async function withUndici(url, body) {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const answer = await request(url, {
    dispatcher: new EnvHttpProxyAgent(),
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  return await answer.body.text();
}

const call = { fetch: withFetch, undici: withUndici }[way] ?? withModule;
process.stdout.write(`${await call(things)} ${await call(echo, 'ahoy')}`);
process.exit();
