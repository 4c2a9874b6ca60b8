// node fetches.mjs '{"url":…,"warm":N,"count":N}': calls one after the other as a program does, a few functions deep;
// prints the CPU of one in µs, all threads, as JSON.
const { url, warm, count } = JSON.parse(process.argv[2]);

async function readThing() {
  const answer = await fetch(url);
  return answer.json();
}

async function doWork(times) {
  for (let i = 0; i < times; i++) await readThing();
}

await doWork(warm);
const before = process.cpuUsage();
await doWork(count);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify((user + system) / count));
