import { saidAll, tell } from './tell.mjs';

await tell('fetch', async () => {
  const response = await fetch(`${process.argv[2]}/json`);
  return [response.status, response.headers.get('sallyport-error')];
});
await tell('again', async () => (await fetch(`${process.argv[2]}/json`, { method: 'POST', body: 'x' })).status);
saidAll();
