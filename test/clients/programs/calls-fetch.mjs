// Deno and Bun: GETs one address and POSTs "ahoy" to another with fetch; prints both bodies.
const [get, post] = (globalThis.Deno?.args ?? process.argv.slice(2)).slice(-2);
const first = await (await fetch(get)).text();
const second = await (await fetch(post, { method: 'POST', body: 'ahoy' })).text();
console.log(`${first} ${second}`);
