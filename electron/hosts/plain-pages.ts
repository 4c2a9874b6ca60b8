/** Pages in words, for when there is no workspace to show. They hold no script, no token and nothing recorded. */

/** What a browser without a session sees. `why` is for a link that did not work; `path` is the page asked for. */
export function wayInPage(why: string | null, path = '/'): string {
  return page(
    'Sallyport is running',
    `${why === null ? '' : `<p><strong>${escape(why)}</strong></p>`}
<p>The workspace shows recorded calls, so it opens only for whoever started the engine. On this machine, in a terminal:</p>
<pre>sallyport open</pre>
<p>(in a clone: <code>npx sallyport open</code>; with <code>--data DIR</code> if the engine was started so), or use the
link with <code>?token=…</code> that <code>sallyport start</code> and <code>sallyport serve</code> print.</p>
<p>Came here by a link from another page, and the workspace is open in this browser already?
<a href="${escape(path)}">Open it here, too.</a></p>
${SCRIPTS}`,
  );
}

/** What stands in for the workspace where it has not been built. */
export function notBuiltPage(): string {
  return page(
    'The workspace has not been built',
    `<p>The engine runs and records, but this copy of Sallyport holds no built workspace
(<code>dist/workspace</code> is missing). In the clone:</p>
<pre>npm run build</pre>
<p>and load this page again; the engine need not stop. Until then, on the command line:</p>
<pre>
sallyport run -- curl https://example.com/     send a program's calls through
sallyport calls                                list what was recorded
sallyport calls 'status:&gt;=400 since:-1h'       … with a filter
sallyport call 1                               look at one call
sallyport --help                               everything else
</pre>
${SCRIPTS}`,
  );
}

const SCRIPTS = `<p>Scripts can ask <code>/api</code>; it is described at <code>/api/openapi.json</code> and wants
<code>Authorization: Bearer TOKEN</code> with the token from <code>engine.json</code> in the data folder.</p>`;

/** These pages load nothing; they hold links and words. */
export const PLAIN_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sallyport</title>
<h1>${title}</h1>
${body}
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
