import { saidAll, tell } from './tell.mjs';

const url = process.argv[2];
await tell('call', async () => {
  const response = await fetch(url);
  return [response.status, await response.text()];
});
saidAll();
