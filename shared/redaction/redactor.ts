import { createBlockMemory } from './block-memory.ts';
import { createHeaderValues } from './header-values.ts';
import { createHeaderRedactor } from './headers.ts';
import type { MaskOptions } from './mask.ts';
import { createMasker } from './mask.ts';
import { boundaryOf, changeParts } from './multipart.ts';
import { createNameTest, redactParameters } from './parameters.ts';
import type { RuleSet } from './rules.ts';
import { DEFAULT_RULES } from './rules.ts';
import { createTextRedactor } from './text.ts';
import { fromUtf8, toUtf8, utf16Of } from './utf16.ts';
import { styleOf } from './yaml.ts';

/**
 * Takes secrets out of everything that is to be kept, before it is kept. All texts are bytes (one
 * char a byte) and come back as the same string when there was nothing to take out.
 */
export interface Redactor {
  /** A raw header block. Whose it is only tells where to look whether it came before. */
  headers(lines: string, of?: 'request' | 'answer'): string;
  /** A request target: path and query. */
  target(target: string): string;
  /** A body with its content codings undone. `cut`: it may end in the middle of a token. */
  body(text: string, contentType: string | null, cut: boolean): string;
  /** Any other text: a message, an event, a sentence. */
  text(text: string): string;
}

interface Secret {
  raw: string;
  masked: string;
}

export interface RedactorOptions extends MaskOptions {
  rules?: RuleSet;
}

/** Compiles the rules once; the result is not to be shared between threads. */
export function createRedactor(options: RedactorOptions): Redactor {
  const rules = options.rules ?? DEFAULT_RULES;
  /** Secrets of the header block being read: they are told again when the block comes again. */
  let collected: Secret[] | null = null;
  const masker = createMasker({
    fingerprint: options.fingerprint,
    onSecret(raw, masked) {
      collected?.push({ raw, masked });
      options.onSecret?.(raw, masked);
    },
  });
  const headerValues = createHeaderValues(rules, masker);
  const text = createTextRedactor(rules, masker, headerValues);
  // What is a secret in a body is one in an address, which is copied about far more.
  const isParameter = createNameTest([...rules.parameters, ...rules.names], rules.fields, rules.plain);
  const redactLines = createHeaderRedactor(rules, headerValues, headerText);
  const requestBlocks = createBlockMemory<{ clean: string; secrets: Secret[] }>();
  const answerBlocks = createBlockMemory<{ clean: string; secrets: Secret[] }>();

  function headers(lines: string, of: 'request' | 'answer' = 'answer'): string {
    const blocks = of === 'request' ? requestBlocks : answerBlocks;
    const known = blocks.get(lines);
    if (known) {
      for (const { raw, masked } of known.secrets) options.onSecret?.(raw, masked);
      return known.clean;
    }
    const secrets: Secret[] = [];
    collected = secrets;
    const clean = redactLines(lines);
    collected = null;
    blocks.set(lines, { clean, secrets });
    return clean;
  }

  /** Addresses in header values (Location, Referer, Link …) have queries and fragments of their own. */
  function headerText(block: string): string {
    return addresses(text.redactShapes(block));
  }

  function addresses(content: string): string {
    if (!content.includes('=') || !/[?#]/.test(content)) return content;
    return content.replace(
      /([?#])([^\s"'<>]*=[^\s"'<>,]*)/g,
      (_whole, mark: string, query: string) =>
        mark +
        query
          .split('#')
          .map((part) => parameters(part, isParameter))
          .join('#'),
    );
  }

  function parameters(query: string, isSecret: (name: string) => boolean): string {
    return redactParameters(query, isSecret, masker, (value) => text.redact(addresses(value), false));
  }

  function body(content: string, contentType: string | null, cut: boolean): string {
    const type = contentType?.toLowerCase() ?? '';
    const wide = utf16Of(content, type);
    if (wide !== null) {
      const narrow = toUtf8(content, wide);
      const clean = body(narrow, type.replace(/;.*/, ''), cut);
      return clean === narrow ? content : fromUtf8(clean, wide);
    }
    const boundary = type.startsWith('multipart/') ? boundaryOf(contentType ?? '') : null;
    if (boundary !== null) {
      return changeParts(content, boundary, (name, partType, part) => {
        if (name !== null && isParameter(name)) return masker.mask(part);
        return partType === null || isTextual(partType) ? body(part, partType, cut) : text.redactShapes(part);
      });
    }
    const form =
      type.startsWith('application/x-www-form-urlencoded') || (type === '' && /^[\w.%+[\]-]{1,64}=/.test(content));
    // `curl -d '{…}'` calls JSON a form; what is not a form is left alone by the reading as one.
    const once = form && !/^\s*[[{]/.test(content.slice(0, 20)) ? parameters(content, isParameter) : content;
    return isTextual(type) || looksTextual(content) ? text.redact(once, cut, styleOf(type)) : text.redactShapes(once);
  }

  return {
    headers,
    target(target) {
      const mark = target.indexOf('?');
      if (mark < 0) return text.redactShapes(target);
      return text.redactShapes(target.slice(0, mark + 1) + parameters(target.slice(mark + 1), isParameter));
    },
    body,
    text: (content) => text.redact(content, false),
  };
}

/** Whether a media type says its content is text in which fields have names. */
export function isTextual(mediaType: string): boolean {
  return /^(?:text\/|application\/(?:[\w.+-]*json|[\w.+-]*xml|x-www-form-urlencoded|graphql|javascript|x-ndjson|jsonl|yaml|x-yaml|toml|sql|csp-report|jose|jwt))|[+/](?:json|xml|yaml)(?:;|$)/.test(
    mediaType,
  );
}

/** No type, or a vague one: text has no NUL and few control bytes at its beginning. */
function looksTextual(content: string): boolean {
  const start = content.slice(0, 512);
  // oxlint-disable-next-line no-control-regex
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(start);
}
