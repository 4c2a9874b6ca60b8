/** What a browser sees at `/` until there is a workspace. Says nothing that needs the token. */
export function startPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sallyport</title>
<h1>Sallyport is running</h1>
<p>The workspace in the browser comes with a later version. Until then, on the command line:</p>
<pre>
sallyport run -- curl https://example.com/     send a program's calls through
sallyport calls                                list what was recorded
sallyport calls 'status:>=400 since:-1h'       … with a filter
sallyport call 1                               look at one call
sallyport --help                               everything else
</pre>
<p>Scripts can ask <code>/api</code>; it is described at <code>/api/openapi.json</code> and wants
<code>Authorization: Bearer TOKEN</code> with the token from <code>engine.json</code> in the data folder.</p>
</html>
`;
}
