import { createMasker } from './mask.ts';
import { createNameTest } from './parameters.ts';
import type { RedactorOptions } from './redactor.ts';
import { createRedactor } from './redactor.ts';
import { DEFAULT_RULES } from './rules.ts';

/** Takes the secrets out of a program's arguments: bytes, one char a byte, and so they come back, one for one. */
export type CommandRedactor = (args: readonly string[]) => string[];

/** What comes next is a header line: curl and those that follow it. */
const HEADER = /^(?:-H|--header|--proxy-header)$/;
/** What comes next is `user:password`, or a password alone where it has no colon. */
const USER = /^(?:-u|-U|--user|--proxy-user|--http-user|--ftp-user|--auth|-a)$/;
const COOKIE = /^(?:-b|--cookie)$/;
/** Names that are no secrets in a request, but are when an option is called so. */
const OPTIONS = [
  'key-passphrase',
  'pass',
  'proxy-pass',
  'http-password',
  'ftp-password',
  'storepass',
  'keypass',
  'token',
];

/** By the same rules as everything else that is kept; what an option's name says of its value comes on top. */
export function createCommandRedactor(options: RedactorOptions): CommandRedactor {
  const rules = options.rules ?? DEFAULT_RULES;
  const redactor = createRedactor(options);
  const masker = createMasker(options);
  // `--key` and `--code` name files and numbers more often than secrets.
  const named = createNameTest(
    [...rules.parameters.filter((name) => !HARMLESS.has(name)), ...rules.names, ...OPTIONS],
    rules.fields,
    rules.plain,
  );

  const isSecret = (option: string): boolean => !/(?:file|path|dir|type|store)$/i.test(option) && named(option);

  function header(line: string): string {
    return redactor.headers(`${line}\r\n`, 'request').replace(/\r\n$/, '');
  }

  function user(pair: string): string {
    const colon = pair.indexOf(':');
    // `-u 1000` and `-u postgres` are no credentials.
    return colon < 0 ? pair : pair.slice(0, colon + 1) + masker.mask(pair.slice(colon + 1), false);
  }

  function valueOf(option: string, value: string): string {
    if (HEADER.test(option)) return header(value);
    if (USER.test(option)) return user(value);
    if (COOKIE.test(option)) return value.includes('=') ? header(`Cookie: ${value}`).slice('Cookie: '.length) : value;
    const name = option.replace(/^-{1,2}/, '');
    return name.length > 1 && isSecret(name) ? masker.mask(value) : plain(value);
  }

  /** Any word: `NAME=value` as environments have it, `Name: value`, addresses, JSON, tokens known by their shape. */
  function plain(word: string): string {
    const equals = /^([A-Za-z_][\w.-]*)=(.+)$/s.exec(word);
    if (equals !== null && isSecret(equals[1]!)) return `${equals[1]}=${masker.mask(equals[2]!)}`;
    if (/^[\w-]+:\s*\S/.test(word) && !word.includes('://')) {
      const masked = header(word);
      if (masked !== word) return masked;
    }
    if (/\?\S*=/.test(word)) return redactor.text(redactor.target(word));
    return redactor.text(word);
  }

  return (args) => {
    const out: string[] = [];
    for (let i = 0; i < args.length; i += 1) {
      const arg = args[i]!;
      const joined = /^(-{1,2}[\w.-]+)=(.*)$/s.exec(arg);
      // `-uuser:password` and `-HAuthorization: …`, as curl takes them too; `-pPASSWORD` as MySQL does.
      const glued = /^(-[HuU])(.*:.*)$/s.exec(arg) ?? /^(-p)(.{4,})$/s.exec(mysql(args) ? arg : '');
      if (joined !== null) out.push(`${joined[1]}=${valueOf(joined[1]!, joined[2]!)}`);
      else if (glued !== null)
        out.push(glued[1] + (glued[1] === '-p' ? masker.mask(glued[2]!) : valueOf(glued[1]!, glued[2]!)));
      else if (/^-{1,2}[A-Za-z]/.test(arg)) {
        out.push(redactor.text(arg));
        const next = args[i + 1];
        if (next !== undefined && !/^--?[A-Za-z]/.test(next)) {
          out.push(valueOf(arg, next));
          i += 1;
        }
      } else out.push(plain(arg));
    }
    return out;
  };
}

const HARMLESS = new Set(['key', 'code', 'sign', 'session', 'sid', 'ticket', 'pin', 'auth']);

function mysql(args: readonly string[]): boolean {
  return /(?:^|\/)(?:mysql|mysqldump|mysqladmin|mariadb)$/.test(args[0] ?? '');
}
