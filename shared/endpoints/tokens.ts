/** Extensions that say the format of an answer: `Messages.json`. */
const EXTENSION = /\.(?:json|xml|csv|tsv|txt|html?|pdf|png|jpe?g|gif|svg|webp|ics|zip|tgz|tar\.gz|ya?ml|atom|rss)$/;
/** Google's custom methods: `models/gemini:generateContent`. */
const CUSTOM_METHOD = /^([^:]+)(:[a-z][A-Za-z]{2,40})$/;
/** OData: `Users('ann')`, `Orders(17)`. */
const KEYED = /^([A-Za-z_.]{2,60})\(.{1,200}\)$/;
/** Deeper than this is `{rest}`. */
export const DEEPEST = 24;
export const REST = '/{rest}';

/**
 * A path in parts, each with what joins it: `/v1`, `/Messages`, `.json`, `/gemini`, `:generateContent`. Beyond 24 parts
 * the rest is one. What does not start with a slash (`*`, an authority) is one part.
 */
export function tokensOf(path: string, into: string[]): string[] {
  into.length = 0;
  if (path.charCodeAt(0) !== 47) {
    into.push(path.length > 100 ? '{rest}' : path);
    return into;
  }
  for (let at = 0; at < path.length;) {
    let end = path.indexOf('/', at + 1);
    if (end < 0) end = path.length;
    if (into.length >= DEEPEST) {
      into.push(REST);
      return into;
    }
    let special = false;
    for (let i = at + 1; i < end; i += 1) {
      const code = path.charCodeAt(i);
      // . : (
      if (code === 46 || code === 58 || code === 40) {
        special = true;
        break;
      }
    }
    const token = path.slice(at, end);
    if (special) splitToken(token, into);
    else into.push(token);
    at = end;
  }
  return into;
}

function splitToken(token: string, into: string[]): void {
  const keyed = KEYED.exec(token.slice(1));
  if (keyed) {
    into.push(`/${keyed[1]}({id})`);
    return;
  }
  const custom = CUSTOM_METHOD.exec(token);
  if (custom && custom[1]!.length > 1 && !/^\/(?:arn|urn|bot\d)/.test(token)) {
    into.push(custom[1]!, custom[2]!);
    return;
  }
  const extension = EXTENSION.exec(token)?.[0];
  if (extension !== undefined && extension.length < token.length - 1)
    into.push(token.slice(0, -extension.length), extension);
  else into.push(token);
}
