// What a program under test says: one JSON object, of what each of its parts saw.
const told = {};

/** Runs a part and notes what it gave, or how it failed. */
export async function tell(name, work) {
  try {
    told[name] = await work();
  } catch (error) {
    const { code, syscall, hostname, address, port, cause } = error;
    told[name] = {
      failed: error.constructor.name,
      message: error.message,
      ...(code !== undefined && { code }),
      ...(syscall !== undefined && { syscall }),
      ...(hostname !== undefined && { hostname }),
      ...(address !== undefined && { address, port }),
      ...(cause instanceof Error && {
        cause: { name: cause.constructor.name, message: cause.message, code: cause.code, syscall: cause.syscall },
      }),
    };
  }
}

export function saidAll() {
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
}

/** One exchange with node:http or https, in full. */
export function exchange(request) {
  return new Promise((resolve, reject) => {
    const told = { informed: [] };
    request.on('error', reject);
    request.on('continue', () => told.informed.push([100]));
    request.on('information', ({ statusCode, headers }) => told.informed.push([statusCode, headers]));
    request.on('response', (response) => {
      const { statusCode, statusMessage, httpVersion } = response;
      Object.assign(told, { statusCode, statusMessage, httpVersion, headers: endToEnd(response.rawHeaders) });
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(pieces);
        resolve({
          ...told,
          body: body.length > 300 ? body.length : body.toString('latin1'),
          trailers: response.trailers,
        });
      });
    });
  });
}

/** Of a connection to a proxy, and no part of the answer. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'date']);

/** Headers as received, in order and case, without those of the connection. */
export function endToEnd(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2)
    if (!OF_THE_CONNECTION.has(raw[i].toLowerCase())) kept.push(`${raw[i]}: ${raw[i + 1]}`);
  // The proxy says how long a body is where the origin did; where in the head is each connection's own.
  return kept.sort((one, other) => Number(/^transfer-encoding/i.test(one)) - Number(/^transfer-encoding/i.test(other)));
}
