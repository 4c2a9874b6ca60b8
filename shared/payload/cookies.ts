export interface Cookie {
  name: string;
  value: string;
}

export interface SetCookie extends Cookie {
  /** Attributes as sent, in order: `['Path', '/']`, `['Secure', '']`. */
  attributes: readonly (readonly [name: string, value: string])[];
  /** What a reader should know: it is gone at once, it is open to scripts … in words. */
  remarks: readonly string[];
}

/** The pairs of a `Cookie` header. */
export function readCookies(value: string): Cookie[] {
  return value
    .split(';')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .map((piece) => splitPair(piece));
}

/** One `Set-Cookie` header. */
export function readSetCookie(value: string): SetCookie {
  const [first = '', ...rest] = value.split(';');
  const attributes = rest
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .map((piece) => {
      const { name, value: text } = splitPair(piece, true);
      return [name, text] as const;
    });
  const pair = splitPair(first.trim());
  return { ...pair, attributes, remarks: remarksOn(pair.name, attributes) };
}

function splitPair(piece: string, nameOnly = false): Cookie {
  const equals = piece.indexOf('=');
  // RFC 6265bis: a cookie without `=` is a value without a name; an attribute is a name without a value.
  if (equals < 0) return nameOnly ? { name: piece, value: '' } : { name: '', value: piece };
  return { name: piece.slice(0, equals).trim(), value: piece.slice(equals + 1).trim() };
}

function remarksOn(name: string, attributes: SetCookie['attributes']): string[] {
  const has = new Map(attributes.map(([key, value]) => [key.toLowerCase(), value]));
  const remarks: string[] = [];
  const age = has.get('max-age');
  if (age !== undefined && Number(age) <= 0) remarks.push('deletes the cookie');
  if (has.get('samesite')?.toLowerCase() === 'none' && !has.has('secure'))
    remarks.push('SameSite=None without Secure: browsers refuse it');
  if (name.startsWith('__Host-') && (!has.has('secure') || has.get('path') !== '/' || has.has('domain')))
    remarks.push('the __Host- prefix asks for Secure, Path=/ and no Domain: browsers refuse it');
  if (name.startsWith('__Secure-') && !has.has('secure'))
    remarks.push('the __Secure- prefix asks for Secure: browsers refuse it');
  return remarks;
}
