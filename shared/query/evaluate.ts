import type { CallSummary } from '../model/call-summary.ts';
import type { Header } from '../model/call.ts';
import type { Tags } from '../model/caller.ts';
import { fieldNamed } from './fields.ts';
import { asciiLower, containsText, matcherFor, matcherForWord, policyTest } from './match.ts';
import type { Comparison, NumberField, QueryTree, TextField } from './tree.ts';

/** What a filter may need beyond the narrow row; asked for only when a term needs it. */
export interface CallDetails {
  /** Header lines of the request and of the final answer. */
  headers(): Iterable<Header>;
  /** The stored, decoded text of the request's and the answer's body, and of each message; null where there is none. */
  bodies(): Iterable<string | null>;
}

export type CallFilter = (call: CallSummary, details: CallDetails) => boolean;

/** Whether the call passes the filter; null passes everything. For many calls, `compileFilter` once. */
export function evaluate(tree: QueryTree | null, call: CallSummary, details: CallDetails): boolean {
  return compileFilter(tree)(call, details);
}

/** Makes a filter of a tree. This file is the language's reference meaning: see tree.ts. */
export function compileFilter(tree: QueryTree | null): CallFilter {
  if (tree === null) return () => true;
  switch (tree.op) {
    case 'and': {
      const parts = tree.parts.map(compileFilter);
      return (call, details) => parts.every((part) => part(call, details));
    }
    case 'or': {
      const parts = tree.parts.map(compileFilter);
      return (call, details) => parts.some((part) => part(call, details));
    }
    case 'not': {
      const part = compileFilter(tree.part);
      return (call, details) => !part(call, details);
    }
    case 'word': {
      const matches = matcherForWord(tree.text);
      return (call) => matches(call.host + call.path);
    }
    case 'text': {
      const type = fieldNamed(tree.field)?.value;
      const matches = matcherFor(tree.pattern, type?.type === 'text' ? type.match : 'exact');
      const { field } = tree;
      if (field === 'policy' || field === 'verdict') {
        const said = policyTest(field, matches);
        return (call) => call.policies?.some(said) ?? false;
      }
      if (field === 'source') return (call) => call.sources.some(matches);
      if (field === 'process') return processFilter(tree.pattern);
      return (call) => {
        const value = textOf(call, field);
        return value !== null && matches(value);
      };
    }
    case 'number': {
      const { field, comparison, value } = tree;
      return (call) => compare(numberOf(call, field), comparison, value);
    }
    case 'tls': {
      const { comparison, value } = tree;
      return (call) => compare(tlsVersionOf(call.tlsVersion), comparison, value);
    }
    case 'time': {
      const { bound, at } = tree;
      return bound === 'since' ? (call) => call.startedAt >= at : (call) => call.startedAt < at;
    }
    case 'header':
      return headerFilter(tree.name, tree.pattern);
    case 'tag':
      return tagFilter(tree.name, tree.pattern);
    case 'body': {
      const text = asciiLower(tree.text);
      return (_call, details) => some(details.bodies(), (body) => body !== null && containsText(body, text));
    }
  }
}

function headerFilter(name: string, pattern: string): CallFilter {
  const wanted = asciiLower(name);
  const matches = pattern === '' ? () => true : matcherFor(pattern, 'part');
  return (_call, details) =>
    some(details.headers(), ([header, value]) => asciiLower(header) === wanted && matches(value));
}

/** No name of a program has a slash, so one in the pattern asks for a path in the command line. */
export function asksForCommand(pattern: string): boolean {
  return pattern.includes('/');
}

function processFilter(pattern: string): CallFilter {
  const isNamed = matcherFor(pattern, 'exact');
  const runs = asksForCommand(pattern) ? matcherFor(pattern, 'part') : () => false;
  return ({ process }) =>
    process !== null && (isNamed(process.name) || (process.command !== null && runs(process.command)));
}

function tagFilter(name: string, pattern: string | null): CallFilter {
  const matches = matcherForTags(name, pattern);
  return (call) => matches(call.tags);
}

/** Whether one of the tags has this name, and a value that the pattern fits when there is one. */
export function matcherForTags(name: string, pattern: string | null): (tags: Tags) => boolean {
  const wanted = asciiLower(name);
  const matches = pattern === null ? () => true : matcherFor(pattern, 'exact');
  return (tags) => {
    for (const tag in tags) if (asciiLower(tag) === wanted && matches(tags[tag] ?? '')) return true;
    return false;
  };
}

function some<T>(values: Iterable<T>, test: (value: T) => boolean): boolean {
  for (const value of values) if (test(value)) return true;
  return false;
}

function compare(actual: number | null, comparison: Comparison, value: number): boolean {
  if (actual === null) return false;
  switch (comparison) {
    case '=':
      return actual === value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
  }
}

/** A call's value of a number field: microseconds, bytes or plain; null when absent. */
export function numberOf(call: CallSummary, field: NumberField): number | null {
  switch (field) {
    case 'status':
      return call.status;
    case 'duration':
      return call.durationUs;
    case 'ttfb':
      return call.timeToFirstByteUs;
    case 'size':
      return call.requestBytes + call.responseBytes;
    case 'request-size':
      return call.requestBytes;
    case 'response-size':
      return call.responseBytes;
    case 'port':
      return call.port;
    case 'id':
      return call.id;
    case 'pid':
      return call.process?.pid ?? null;
    case 'cost':
      return call.costNanoUsd;
    case 'tokens':
      return call.inputTokens === null && call.outputTokens === null
        ? null
        : (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
  }
}

/** A call's value of a text field; null when absent. */
export function textOf(call: CallSummary, field: TextField): string | null {
  switch (field) {
    case 'url':
      return urlOf(call);
    case 'client':
      return call.clientAddress;
    case 'remote':
      return call.remoteAddress;
    case 'type':
      return call.contentType;
    case 'process':
      return call.process?.name ?? null;
    case 'user':
      return call.process?.user ?? null;
    case 'trace':
      return call.traceId;
    // Several policies may speak of a call; here the first.
    case 'policy':
    case 'verdict':
      return call.policies?.[0] ?? null;
    case 'pinned':
      return call.pinned ? 'yes' : 'no';
    default:
      return call[field];
  }
}

const OWN_PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/** `scheme://host[:port]path+query`, the port only when it is not the scheme's own. */
export function urlOf(call: Pick<CallSummary, 'scheme' | 'host' | 'port' | 'path' | 'query'>): string {
  const host = call.host.includes(':') && !call.host.startsWith('[') ? `[${call.host}]` : call.host;
  const port = OWN_PORTS[call.scheme] === call.port ? '' : `:${call.port}`;
  return `${call.scheme}://${host}${port}${call.path}${call.query}`;
}

/** 10 … 13 for `TLSv1` … `TLSv1.3`; null for anything else. */
export function tlsVersionOf(version: string | null): number | null {
  const minor = /^TLSv1(?:\.([0-3]))?$/.exec(version ?? '');
  return minor ? 10 + Number(minor[1] ?? 0) : null;
}
