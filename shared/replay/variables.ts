/** `{{name}}`, and `\{{` for braces that are meant. Names: letters, digits, `_`, `-`, `.`; `$` begins the ones made here. */
const PLACE = /\\\{\{|\{\{\s*(\$?[A-Za-z_][\w.-]*)\s*\}\}/g;

/** A text in which nothing stands for a variable: put in, it is the same again. */
export function escapeVariables(text: string): string {
  return text.replaceAll('{{', '\\{{');
}

/**
 * The text with its variables put in. What has no value stays as it stands and is told by `missing`. A value is put in as
 * it is: variables inside of it are text.
 */
export function putVariables(
  text: string,
  valueOf: (name: string) => string | undefined,
): { text: string; missing: string[] } {
  if (!text.includes('{{')) return { text, missing: [] };
  const missing = new Set<string>();
  const put = text.replace(PLACE, (whole: string, name: string | undefined) => {
    if (name === undefined) return '{{';
    const value = valueOf(name);
    if (value !== undefined) return value;
    missing.add(name);
    return whole;
  });
  return { text: put, missing: [...missing] };
}
