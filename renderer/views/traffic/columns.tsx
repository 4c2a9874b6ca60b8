import { Pin, StickyNote } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SortField } from '../../data/call-window.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { failureSentence } from '../../../shared/format/failures.ts';
import { formatMoney } from '../../../shared/format/money.ts';
import { formatCount, formatDuration, formatSize } from '../../../shared/format/quantities.ts';
import { printQuery } from '../../../shared/query/print.ts';
import type { QueryTree, TextField } from '../../../shared/query/tree.ts';
import { treeFor } from '../../callers/terms.ts';
import { words } from '../../words/index.ts';
import { appMark } from '../../callers/app-mark.tsx';
import type { VendorNames } from '../../data/vendor-names.ts';
import { shortPath } from '../../callers/code-place.ts';
import { runtimeOf } from '../../callers/runtime.ts';
import { dayAndTime, timeAgo } from './clock.ts';
import { vendorCell, vendorName } from './vendor-cell.tsx';

const { traffic: says } = words;

/** How cells are shown beyond the call itself. */
export interface CellTaste {
  relative: boolean;
  /** Undefined while they are not known. */
  vendors: VendorNames | undefined;
}

/** One column of the list. */
export interface Column {
  id: string;
  title: string;
  width: number;
  right?: true;
  mono?: true;
  /** A mark of up to 22 pixels with its gap stands before the text. */
  mark?: true;
  /** Takes the room that is left. */
  grows?: true;
  sort?: SortField | 'time';
  /** What is shown. */
  cell: (call: CallSummary, taste: CellTaste, values: readonly (string | null)[] | undefined) => ReactNode;
  /** The same as plain text: tooltip, copying, fitting the width. */
  text: (call: CallSummary, taste: CellTaste, values: readonly (string | null)[] | undefined) => string;
  /** The filter that keeps calls with this value; null where there is none. */
  tree?: (call: CallSummary) => QueryTree | null;
}

/** The colour of a call's state: a name of a token. */
export function toneOf({ status, failure, state, decision, kind }: CallSummary): string {
  if (failure === 'blocked' || decision === 'deny' || decision === 'cut') return 'blocked';
  if (failure !== null) return 'server';
  if (status === null) return state === 'open' || kind === 'tunnel' ? 'open' : 'server';
  return toneOfStatus(status);
}

/** What a policy did stands in its colour; what one that observes would have done stays dim. */
const VERDICT_TONES: Readonly<Record<string, string>> = {
  deny: 'tone-blocked',
  cut: 'tone-blocked',
  blocked: 'tone-blocked',
  wait: 'tone-throttled',
  ask: 'tone-client',
};

const verdictText = (decision: string | null): string =>
  decision === null ? '' : (words.inspect.decisions.verdict[decision] ?? decision);

/** `no-cards=would-deny` as `no-cards: would have refused`. */
function policyText(said: string): string {
  const cut = said.lastIndexOf('=');
  return `${said.slice(0, cut)}: ${verdictText(said.slice(cut + 1))}`;
}

export function toneOfStatus(status: number): string {
  if (status === 429) return 'throttled';
  if (status >= 500) return 'server';
  if (status >= 400) return 'client';
  if (status >= 300) return 'moved';
  return 'ok';
}

/** The status as shown: a number, or a word where there is none. */
export function statusText(call: CallSummary): string {
  if (call.status !== null) return String(call.status);
  if (call.failure !== null) return says.short[call.failure];
  if (call.state === 'open') return says.open;
  return call.kind === 'tunnel' ? says.kinds.tunnel : '–';
}

/** Why a call failed, in words; '' when it did not. */
export function failureText({ failure }: CallSummary): string {
  return failure === null ? '' : failureSentence({ kind: failure, detail: '' }).replace(/^Failed: (.*)\.$/, '$1');
}

/** A number with its unit in a dimmer weight. */
function figure(text: string): ReactNode {
  const gap = text.lastIndexOf(' ');
  if (gap < 0) return text;
  return (
    <>
      {text.slice(0, gap)}
      <span className="unit">&thinsp;{text.slice(gap + 1)}</span>
    </>
  );
}

function textTree(field: TextField, pattern: string | null): QueryTree | null {
  return pattern === null || pattern === '' ? null : { op: 'text', field, pattern };
}

/** The filter that keeps calls of which the same was said. */
function said(policies: readonly string[]): QueryTree | null {
  const parts = policies.map((pattern): QueryTree => ({ op: 'text', field: 'policy', pattern }));
  return parts.length > 1 ? { op: 'and', parts } : (parts[0] ?? null);
}

function plain(
  id: string,
  title: string,
  width: number,
  text: (call: CallSummary) => string,
  more: Partial<Column> = {},
): Column {
  return { id, title, width, cell: text, text, ...more };
}

function amount(
  id: string,
  title: string,
  width: number,
  text: (call: CallSummary) => string,
  more: Partial<Column> = {},
): Column {
  return { id, title, width, right: true, cell: (call) => figure(text(call)), text, ...more };
}

/** What has run so far is written by one clock for all rows (see clock.ts), not by drawing them. */
function durationCell(call: CallSummary): ReactNode {
  if (call.state === 'open') return <span className="call-running" data-running={call.startedAt} />;
  return figure(formatDuration(call.durationUs));
}

function tokensText({ inputTokens, outputTokens }: CallSummary): string {
  return inputTokens === null && outputTokens === null ? '' : formatCount((inputTokens ?? 0) + (outputTokens ?? 0));
}

/** Empty where nothing says that the call costs something. */
function costText({ costNanoUsd, costProvenance }: CallSummary): string {
  return costProvenance === null ? '' : formatMoney(costNanoUsd);
}

/** Every column there is, in their usual order. */
export const COLUMNS: readonly Column[] = [
  plain('time', says.columns.time, 108, (call) => dayAndTime(call.startedAt), {
    sort: 'time',
    mono: true,
    cell: (call, { relative }) =>
      relative ? <span data-started={call.startedAt}>{timeAgo(call.startedAt)}</span> : dayAndTime(call.startedAt),
    text: (call, { relative }) => (relative ? timeAgo(call.startedAt) : dayAndTime(call.startedAt)),
    tree: (call) => ({ op: 'time', bound: 'since', at: call.startedAt }),
  }),
  plain('app', says.columns.app, 128, ({ app }) => app ?? '', {
    sort: 'app',
    mark: true,
    cell: ({ app, process }) => (
      <>
        {appMark(app, runtimeOf(process ?? (app === null ? null : { name: app })))}
        {app}
      </>
    ),
    tree: ({ app }) => textTree('app', app),
  }),
  plain('method', says.columns.method, 70, ({ method }) => method, {
    sort: 'method',
    tree: ({ method }) => textTree('method', method),
  }),
  {
    id: 'status',
    title: says.columns.status,
    width: 68,
    sort: 'status',
    cell: (call) => <span className={`call-status tone-${toneOf(call)}`}>{statusText(call)}</span>,
    text: statusText,
    tree: ({ status, failure, state }) =>
      status !== null
        ? { op: 'number', field: 'status', comparison: '=', value: status }
        : failure !== null
          ? textTree('failure', failure)
          : textTree('state', state),
  },
  plain('vendor', says.columns.vendor, 124, ({ vendor }) => vendor ?? '', {
    mark: true,
    cell: ({ vendor }, { vendors }) => vendorCell(vendor, vendors),
    text: ({ vendor }, { vendors }) => (vendor === null ? '' : vendorName(vendor, vendors)),
    tree: ({ vendor }) => textTree('vendor', vendor),
  }),
  plain('host', says.columns.host, 184, ({ host }) => host, {
    sort: 'host',
    tree: ({ host }) => textTree('host', host),
  }),
  {
    id: 'path',
    title: says.columns.path,
    width: 320,
    grows: true,
    sort: 'path',
    cell: (call) => (
      <>
        {call.pinned && <Pin size={11} className="call-mark" aria-label={says.isPinned} />}
        {call.note !== null && <StickyNote size={11} className="call-mark" aria-label={says.hasNote} />}
        {call.kind === 'tunnel' ? `:${call.port}` : call.path}
        {call.query !== '' && <span className="call-query">{call.query}</span>}
        {call.failure !== null && <span className="call-why">{failureText(call)}</span>}
      </>
    ),
    text: (call) => `${call.path}${call.query}${call.failure === null ? '' : ` (${failureText(call)})`}`,
    tree: ({ path }) => textTree('path', path),
  },
  {
    id: 'duration',
    title: says.columns.duration,
    width: 82,
    right: true,
    sort: 'duration',
    cell: durationCell,
    text: ({ durationUs }) => formatDuration(durationUs),
  },
  amount('size', says.columns.size, 78, ({ requestBytes, responseBytes }) => formatSize(requestBytes + responseBytes), {
    sort: 'size',
  }),
  plain('endpoint', says.columns.endpoint, 220, ({ endpoint }) => endpoint ?? '', {
    tree: ({ endpoint }) => (endpoint === null ? null : treeFor('endpoint', endpoint)),
  }),
  plain('service', says.columns.service, 90, ({ service }) => service ?? '', {
    tree: ({ service }) => textTree('service', service),
  }),
  plain('model', says.columns.model, 120, ({ model }) => model ?? '', {
    tree: ({ model }) => textTree('model', model),
  }),
  plain('tokens', says.columns.tokens, 78, tokensText, { right: true }),
  plain('cost', says.columns.cost, 82, costText, { right: true, sort: 'cost' }),
  plain('credential', says.columns.credential, 150, ({ credential }) => credential ?? '', {
    mono: true,
    tree: ({ credential }) => textTree('credential', credential),
  }),
  plain('process', says.columns.process, 120, ({ process }) => process?.name ?? '', {
    tree: ({ process }) => textTree('process', process?.name ?? null),
  }),
  plain('pid', says.columns.pid, 66, ({ process }) => (process === null ? '' : String(process.pid)), {
    right: true,
    tree: ({ process }) =>
      process === null ? null : { op: 'number', field: 'pid', comparison: '=', value: process.pid },
  }),
  plain('user', says.columns.user, 90, ({ process }) => process?.user ?? '', {
    tree: ({ process }) => textTree('user', process?.user ?? null),
  }),
  plain('package', says.columns.package, 120, (call) => call.package ?? '', {
    tree: (call) => textTree('package', call.package),
  }),
  plain('callsite', says.columns.callsite, 170, ({ callsite }) => callsite ?? '', {
    mono: true,
    cell: ({ callsite }) => (callsite === null ? '' : shortPath(callsite)),
    tree: ({ callsite }) => (callsite === null ? null : treeFor('callsite', callsite)),
  }),
  plain('trace', says.columns.trace, 120, ({ traceId }) => traceId ?? '', {
    mono: true,
    tree: ({ traceId }) => textTree('trace', traceId),
  }),
  plain('source', says.columns.source, 72, ({ source }) => source, {
    tree: ({ source }) => textTree('source', source),
  }),
  plain('protocol', says.columns.protocol, 76, ({ protocol }) => protocol ?? '', {
    tree: ({ protocol }) => textTree('protocol', protocol),
  }),
  plain('remote', says.columns.remote, 130, ({ remoteAddress }) => remoteAddress ?? '', {
    tree: ({ remoteAddress }) => textTree('remote', remoteAddress),
  }),
  plain('type', says.columns.type, 140, ({ contentType }) => contentType ?? '', {
    tree: ({ contentType }) => textTree('type', contentType),
  }),
  plain('scheme', says.columns.scheme, 64, ({ scheme }) => scheme, {
    tree: ({ scheme }) => textTree('scheme', scheme),
  }),
  plain('port', says.columns.port, 56, ({ port }) => String(port), {
    right: true,
    tree: ({ port }) => ({ op: 'number', field: 'port', comparison: '=', value: port }),
  }),
  amount('ttfb', says.columns.ttfb, 82, ({ timeToFirstByteUs }) => formatDuration(timeToFirstByteUs), { sort: 'ttfb' }),
  amount('request-size', says.columns.requestSize, 78, ({ requestBytes }) => formatSize(requestBytes), {
    sort: 'request-size',
  }),
  amount('response-size', says.columns.responseSize, 78, ({ responseBytes }) => formatSize(responseBytes), {
    sort: 'response-size',
  }),
  plain('tls', says.columns.tls, 72, ({ tlsVersion }) => tlsVersion?.replace('v', ' ') ?? ''),
  plain('client', says.columns.client, 130, ({ clientAddress }) => clientAddress ?? '', {
    tree: ({ clientAddress }) => textTree('client', clientAddress),
  }),
  plain('kind', says.columns.kind, 80, ({ kind }) => kind, { tree: ({ kind }) => textTree('kind', kind) }),
  plain('messages', says.columns.messages, 78, ({ messages }) => (messages === 0 ? '' : formatCount(messages)), {
    right: true,
  }),
  {
    ...plain('decision', says.columns.decision, 130, ({ decision }) => verdictText(decision)),
    cell: ({ decision }) => (
      <span className={VERDICT_TONES[decision ?? ''] ?? 'dim'} data-would={decision?.startsWith('would-') || undefined}>
        {verdictText(decision)}
      </span>
    ),
    tree: ({ decision }) => textTree('decision', decision),
  },
  // Every policy that spoke: the decision alone is the strictest word of all of them.
  plain('policies', says.columns.policies, 190, ({ policies }) => (policies ?? []).map(policyText).join(', '), {
    tree: ({ policies }) => said(policies ?? []),
  }),
  plain('note', says.columns.note, 160, ({ note }) => note ?? '', { tree: ({ note }) => textTree('note', note) }),
  plain('id', says.columns.id, 70, ({ id }) => String(id), {
    right: true,
    tree: ({ id }) => ({ op: 'number', field: 'id', comparison: '=', value: id }),
  }),
];

const BY_ID = new Map(COLUMNS.map((column) => [column.id, column]));

/** The column of an id; `header:NAME` shows a header. Undefined when another version knew it. */
export function columnNamed(id: string, headers: readonly string[]): Column | undefined {
  const name = headerOf(id);
  if (name === null) return BY_ID.get(id);
  const at = headers.indexOf(name);
  const text: Column['text'] = (_call, _taste, values) => values?.[at] ?? '';
  return { id, title: name, width: 140, cell: text, text };
}

/** The header a column shows; null for the others. */
export function headerOf(id: string): string | null {
  return id.startsWith('header:') ? id.slice('header:'.length) : null;
}

/** The filter text that keeps, or with `hide` hides, calls with this cell's value. */
export function termOf(column: Column, call: CallSummary, value: string | null, hide = false): string | null {
  const name = headerOf(column.id);
  const tree: QueryTree | null =
    name === null ? (column.tree?.(call) ?? null) : value ? { op: 'header', name, pattern: value } : null;
  if (!tree) return null;
  return hide ? `-${printQuery(tree)}` : printQuery(tree);
}
