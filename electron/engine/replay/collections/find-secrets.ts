import type { Draft, DraftProblem } from '../../../../shared/model/replay.ts';
import { marksIn } from '../put-back.ts';
import type { Surroundings } from '../prepare.ts';

/**
 * What of a draft looks like a secret and may not be written down: values that redaction would take out (or had taken out),
 * and credentials that were typed. A text that holds only variables is none.
 */
export function findSecrets({ url, headers, body, auth }: Draft, redact: Surroundings['redact']): DraftProblem[] {
  const problems: DraftProblem[] = [];
  const note = (place: string, name: string): void => {
    const says = `${name} holds what looks like a secret, which is not written into a file. Use a variable, such as {{token}}.`;
    problems.push({ place, kind: 'credential', says });
  };
  // Variables are put out of sight: they are what is wanted.
  const hide = (text: string): string => text.replace(/\{\{\s*[\w.$-]+\s*\}\}/g, '');
  const isSecret = (text: string, without: (one: string) => string): boolean => {
    const hidden = hide(text);
    if (marksIn(hidden).length > 0) return true;
    const bytes = Buffer.from(hidden, 'utf8').toString('latin1');
    return bytes !== '' && without(bytes) !== bytes;
  };
  if (isSecret(url, redact.target)) note('url', 'The address');
  for (const { name, value } of headers)
    if (isSecret(value, (one) => redact.headers(`${name}: ${one}\r\n`, 'request').slice(name.length + 2, -2)))
      note(`header:${name}`, `The header ${name}`);
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
  for (const [text, as] of textsOf(body))
    if (isSecret(text, (one) => redact.body(one, as ?? type, false))) note('body', 'The body');
  const typed =
    auth.kind === 'bearer' ? auth.token : auth.kind === 'basic' ? auth.password : 'value' in auth ? auth.value : '';
  // Prefixes such as `Token ` may stand before a variable; anything longer is the secret itself.
  if (hide(typed).trim().length > 10) note('auth', 'The credential');
  return problems.filter((one, index) => problems.findIndex(({ place }) => place === one.place) === index);
}

/** The texts of a body, with how they are to be read. */
function textsOf(body: Draft['body']): [text: string, as: string | null][] {
  switch (body.kind) {
    case 'text':
      return [[body.text, null]];
    case 'form':
      return [
        [
          body.fields.map(({ name, value }) => `${encodeURIComponent(name)}=${value}`).join('&'),
          'application/x-www-form-urlencoded',
        ],
      ];
    case 'multipart':
      return body.parts.map(({ name, value }) => [
        `${encodeURIComponent(name)}=${value ?? ''}`,
        'application/x-www-form-urlencoded',
      ]);
    case 'graphql':
      return [
        [body.query, 'application/graphql'],
        [body.variables, 'application/json'],
      ];
    case 'protobuf':
      return [[body.json, 'application/json']];
    case 'base64':
      return [[Buffer.from(body.base64, 'base64').toString('utf8'), null]];
    default:
      return [];
  }
}
