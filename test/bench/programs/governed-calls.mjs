// Calls one origin, one after another and 32 at a time; prints what a call took (µs, p50), its CPU (µs) and calls a second.
import http from 'node:http';
import https from 'node:https';

const [base, count] = [process.argv[2], Number(process.argv[3])];
const client = base.startsWith('https:') ? https : http;
const agent = new client.Agent({ keepAlive: true, maxSockets: 32 });
const get = () =>
  new Promise((resolve, reject) => {
    client.get(base, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
const fetched = async () => (await fetch(base)).arrayBuffer();

async function oneByOne(call) {
  for (let i = 0; i < 300; i++) await call();
  const took = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await call();
    took.push((performance.now() - start) * 1000);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { p50: took.sort((a, b) => a - b)[Math.floor(count / 2)], cpu: (user + system) / count };
}

async function many(call) {
  const start = performance.now();
  let left = count * 3;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (left-- > 0) await call();
    }),
  );
  return (count * 3) / ((performance.now() - start) / 1000);
}

const told = { fetch: await oneByOne(fetched), get: await oneByOne(get), rate: await many(get) };
process.stdout.write(JSON.stringify(told), () => process.exit(0));
