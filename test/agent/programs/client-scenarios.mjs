// One client, every scenario, printed as it went: what a program sees must not depend on whether it is observed.
// argv: client, then JSON of the origins' addresses.

/** @typedef {{ status: number, headers: Record<string, unknown>, body: string }} Answer */
/** @typedef {{ method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, onChunk?: (chunk: string) => unknown }} Options */
/** @typedef {(url: string, options?: Options) => Promise<Answer>} Read */

/** @param {Record<string, any>} clients */
export async function runScenarios(clients) {
  const [name = '', addresses = '{}'] = process.argv.slice(2);
  /** @type {{ plain: string, tls: string, untrusted: string, refused: string, h2: string, h2c: string }} */
  const to = JSON.parse(addresses);
  if (name === 'ws' || name === 'websocket') return talk(name === 'ws' ? clients.WebSocketOfPackage : WebSocket, to);
  const { read, finish, h2 } = clientOf(name, clients);
  const base = h2 ? to.h2 : to.plain;
  /** @type {[string, () => Promise<unknown>][]} */
  const scenarios = [
    ['get', () => read(`${base}/json?q=1`, { headers: { 'x-client': name } })],
    ['kept alive', async () => (await read(`${base}/json`)).headers['x-on-connection']],
    ['post', () => read(`${base}/echo`, { method: 'POST', body: 'ahoy ☃', headers: { 'content-type': 'text/plain' } })],
    ['head', () => read(`${base}/json`, { method: 'HEAD' })],
    ['gzip', () => read(`${base}/gzip`)],
    ['redirect', () => read(`${base}/redirect`)],
    ['not found', () => read(`${base}/404`)],
    ['empty', () => read(`${base}/empty`)],
    ['chunks in order', () => stepwise(read, `${base}/steps/${name}-${process.pid}`)],
    ['big', async () => (await read(`${base}/big`)).body.length],
    ['over TLS', () => read(`${h2 ? to.h2 : to.tls}/json`)],
    ['untrusted', () => read(`${to.untrusted}/json`)],
    ['refused', () => read(`${to.refused}/json`)],
    ['no such name', () => read('http://no-such-name.invalid/json')],
    ['hung up', () => read(`${base}/hang-up`)],
    ['cut', () => read(`${base}/cut`)],
    ['aborted before the head', () => aborted(read, `${base}/never`)],
    ['aborted in the body', () => abortedInBody(read, `${base}/half`)],
  ];
  for (const [what, play] of scenarios) {
    try {
      print(what, await play());
    } catch (error) {
      print(what, errorOf(error));
    }
  }
  await finish?.();
}

/** @param {string} what @param {unknown} seen */
function print(what, seen) {
  console.log(
    what,
    JSON.stringify(seen, (key, value) => (key === 'date' ? undefined : value)),
  );
}

/** @param {any} error @returns {unknown} */
function errorOf(error) {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, code, message, cause, status, errno, syscall } = error;
  // OpenSSL says on which thread.
  const said = String(message)
    .replace(/[\r\n][^]*/, '')
    .replace(/[0-9A-F]{12,16}:error/, 'error');
  return { name, code, said, status, errno, syscall, cause: cause === undefined ? undefined : errorOf(cause) };
}

/** Each chunk is sent when the one before was received. @param {Read} read @param {string} url */
async function stepwise(read, url) {
  /** @type {string[]} */
  const chunks = [];
  const answer = await read(url, {
    onChunk: async (chunk) => {
      chunks.push(chunk);
      await read(url.replace('/steps/', '/next/'));
    },
  });
  return [answer.status, answer.headers['content-type'], chunks];
}

/** @param {Read} read @param {string} url */
async function aborted(read, url) {
  const control = new AbortController();
  const answer = read(url, { signal: control.signal });
  // The origin answers this one when the other has arrived.
  await Promise.race([read(url.replace('/never', '/when-never')), answer]);
  control.abort();
  return await answer;
}

/** @param {Read} read @param {string} url */
async function abortedInBody(read, url) {
  const control = new AbortController();
  return await read(url, { signal: control.signal, onChunk: () => control.abort() });
}

/** @param {string} name @param {Record<string, any>} clients @returns {{ read: Read, finish?: () => unknown, h2?: boolean }} */
function clientOf(name, clients) {
  const { http, httpsRequest, http2, axios, got, fetchOfPackage, superagent, undici } = clients;
  switch (name) {
    case 'fetch':
      return { read: fetching(fetch) };
    case 'undici-fetch':
      return { read: fetching(undici.fetch) };
    case 'node-fetch':
      return { read: fetching(fetchOfPackage) };
    case 'undici-request':
      return { read: dispatching((url, options) => undici.request(url, options)) };
    case 'undici-pool': {
      /** @type {Map<string, any>} */
      const pools = new Map();
      return {
        read: dispatching((url, options) => {
          const { origin, pathname, search } = new URL(url);
          const pool = pools.get(origin) ?? new undici.Pool(origin, { connections: 2, pipelining: 1 });
          pools.set(origin, pool);
          return pool.request({ ...options, path: pathname + search });
        }),
        finish: () => Promise.all([...pools.values()].map((pool) => pool.close())),
      };
    }
    case 'undici-h2': {
      const dispatcher = new undici.Agent({ allowH2: true });
      return {
        h2: true,
        read: dispatching((url, options) => undici.request(url, { ...options, dispatcher })),
        finish: () => dispatcher.close(),
      };
    }
    case 'http':
    case 'http-fresh': {
      const options = name === 'http' ? {} : { agent: false };
      return { read: requesting((url) => (url.startsWith('https:') ? httpsRequest : http.request), options) };
    }
    case 'axios':
      return {
        read: async (url, { method = 'GET', body, headers, signal, onChunk } = {}) => {
          const answer = await axios.request({
            url,
            method,
            data: body,
            headers,
            signal,
            responseType: onChunk ? 'stream' : 'text',
            transformResponse: [],
            validateStatus: () => true,
          });
          const text = onChunk ? await readStream(answer.data, onChunk) : answer.data;
          return { status: answer.status, headers: { ...answer.headers }, body: text };
        },
      };
    case 'got':
      return {
        read: async (url, { method = 'GET', body, headers, signal, onChunk } = {}) => {
          const options = { method, body, headers, signal, throwHttpErrors: false, retry: { limit: 0 } };
          if (onChunk) {
            const stream = got.stream(url, options);
            /** @type {any} */
            let head;
            stream.on('response', (/** @type {any} */ response) => (head = response));
            const text = await readStream(stream, onChunk);
            return { status: head.statusCode, headers: head.headers, body: text };
          }
          const answer = await got(url, options);
          return { status: answer.statusCode, headers: answer.headers, body: answer.body };
        },
      };
    case 'superagent':
      return {
        read: (url, { method = 'GET', body, headers = {}, signal, onChunk } = {}) =>
          new Promise((resolve, reject) => {
            const request = superagent(method, url)
              .set(headers)
              .ok(() => true);
            signal?.addEventListener('abort', () => {
              request.abort();
              reject(signal.reason);
            });
            if (body !== undefined) request.send(body);
            request.buffer(true).parse((/** @type {any} */ response, /** @type {any} */ done) => {
              void finish(readStream(response, onChunk), done);
            });
            request.then(
              (/** @type {any} */ answer) =>
                resolve({ status: answer.status, headers: answer.headers, body: answer.body }),
              reject,
            );
          }),
      };
    case 'http2':
      return talkingHttp2(http2);
    default:
      throw new Error(`no client ${name}`);
  }
}

/** @param {any} fetchIt @returns {Read} */
function fetching(fetchIt) {
  return async (url, { method = 'GET', body, headers, signal, onChunk } = {}) => {
    const answer = await fetchIt(url, { method, body, headers, signal });
    const text = onChunk && answer.body ? await readStream(answer.body, onChunk) : await answer.text();
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: text };
  };
}

/** @param {(url: string, options: any) => Promise<any>} request @returns {Read} */
function dispatching(request) {
  return async (url, { method = 'GET', body, headers, signal, onChunk } = {}) => {
    const answer = await request(url, { method, body, headers, signal });
    const text = await readStream(answer.body, onChunk);
    return { status: answer.statusCode, headers: answer.headers, body: text };
  };
}

/** @param {(url: string) => any} pick @param {object} more @returns {Read} */
function requesting(pick, more) {
  return (url, { method = 'GET', body, headers, signal, onChunk } = {}) =>
    new Promise((resolve, reject) => {
      /** @type {string[]} */
      const events = [];
      const request = pick(url)(url, { method, headers, signal, ...more }, (/** @type {any} */ response) => {
        readStream(response, onChunk).then(
          (text) => resolve({ status: response.statusCode, headers: { ...response.headers, events }, body: text }),
          reject,
        );
      });
      for (const event of ['socket', 'response', 'finish', 'abort']) request.on(event, () => events.push(event));
      request.on('error', reject);
      if (typeof body === 'string') {
        request.write(body.slice(0, 2));
        request.end(body.slice(2));
      } else request.end();
    });
}

/** @param {any} http2 @returns {{ read: Read, finish: () => void, h2: boolean }} */
function talkingHttp2(http2) {
  /** @type {Map<string, any>} */
  const sessions = new Map();
  return {
    h2: true,
    finish: () => sessions.forEach((session) => session.close()),
    read: (url, { method = 'GET', body, headers, signal, onChunk } = {}) =>
      new Promise((resolve, reject) => {
        const { origin, pathname, search } = new URL(url);
        let session = sessions.get(origin);
        if (session === undefined || session.destroyed) {
          session = http2.connect(origin);
          session.on('error', () => {});
          sessions.set(origin, session);
        }
        const stream = session.request({ ':method': method, ':path': pathname + search, ...headers }, { signal });
        /** @type {any} */
        let head = {};
        stream.on('response', (/** @type {any} */ fields) => (head = fields));
        stream.on('error', reject);
        stream.end(body);
        readStream(stream, onChunk).then((text) => {
          const { ':status': status, ...rest } = head;
          resolve({ status, headers: rest, body: text });
        }, reject);
      }),
  };
}

/** @param {any} stream @param {(chunk: string) => unknown} [onChunk] */
async function readStream(stream, onChunk) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    const piece = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    text += piece;
    if (onChunk) await onChunk(piece);
  }
  return text;
}

/** @param {any} Socket @param {{ plain: string, tls: string, refused: string }} to */
async function talk(Socket, to) {
  for (const base of [to.plain, to.tls, to.refused]) {
    await new Promise((resolve) => {
      const socket = new Socket(`${base.replace(/^http/, 'ws')}/talk`);
      socket.binaryType = 'arraybuffer';
      let count = 0;
      socket.onopen = () => {
        print('open', [socket.protocol, socket.extensions]);
        socket.send('ahoy');
      };
      socket.onmessage = (/** @type {any} */ { data }) => {
        print('message', typeof data === 'string' ? data.slice(0, 20) : [data.byteLength, new Uint8Array(data)[7]]);
        count++;
        if (count === 1) socket.send(new Uint8Array(70_000).fill(7));
        else if (count === 2) socket.send('x'.repeat(5000));
        else socket.close(4001, 'enough');
      };
      socket.onerror = (/** @type {any} */ event) => print('error', [event.type, errorOf(event.error)]);
      socket.onclose = (/** @type {any} */ event) => {
        print('close', [event.code, event.reason, event.wasClean]);
        resolve(undefined);
      };
    });
  }
}

/** @param {Promise<string>} text @param {(error: unknown, text?: string) => void} done */
async function finish(text, done) {
  try {
    done(null, await text);
  } catch (error) {
    done(error);
  }
}
