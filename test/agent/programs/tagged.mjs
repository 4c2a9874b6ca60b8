// Tags and names of apps around calls; argv: origin, path of `sallyport/agent`.
const [origin = '', agent = ''] = process.argv.slice(2);
/** @type {{ withApp<Result>(app: string, work: () => Result): Result, annotate(tags: Record<string, unknown>): void }} */
const { withApp, annotate } = await import(agent);

/** @param {string} path */
const call = async (path) => (await fetch(origin + path)).text();

const answers = await Promise.all([
  call('/json?plain'),
  withApp('billing', async () => {
    await call('/json?billing');
    annotate({ feature: 'invoices', tenant: 'acme', attempt: 2, nothing: null });
    await call('/json?invoices');
    await withApp('mail', () => call('/json?mail'));
    await Promise.all([
      (async () => {
        await Promise.resolve();
        annotate({ tenant: 'inner' });
        await call('/json?inner');
      })(),
      call('/json?outer'),
    ]);
    return 'given back';
  }),
]);
console.log(
  answers[1],
  withApp('x', () => 3),
);
