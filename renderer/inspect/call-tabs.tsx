import type { ComponentType } from 'react';
import type { Call } from '../../shared/model/call.ts';
import type { Tab } from '../ui/tabs.tsx';
import { words } from '../words/index.ts';
import { dialectOf } from '../../shared/llm/read-chat.ts';
import { CallerTab } from './caller-tab.tsx';
import { ConversationTab } from './conversation-tab.tsx';
import { CostTab } from './cost-tab.tsx';
import { DecisionsTab } from './decisions-tab.tsx';
import { MessagesTab } from './messages-tab.tsx';
import { RawTab } from './raw-tab.tsx';
import { RequestTab, ResponseTab } from './side-tab.tsx';
import { SummaryTab } from './summary-tab.tsx';
import { TimingTab } from './timing-tab.tsx';
import { TlsTab } from './tls-tab.tsx';

export type CallTabId =
  | 'summary'
  | 'conversation'
  | 'request'
  | 'response'
  | 'messages'
  | 'caller'
  | 'cost'
  | 'timing'
  | 'tls'
  | 'decisions'
  | 'raw';

export const CALL_TABS: Readonly<Record<CallTabId, ComponentType<{ call: Call }>>> = {
  summary: SummaryTab,
  conversation: ConversationTab,
  request: RequestTab,
  response: ResponseTab,
  messages: MessagesTab,
  caller: CallerTab,
  cost: CostTab,
  timing: TimingTab,
  tls: TlsTab,
  decisions: DecisionsTab,
  raw: RawTab,
};

/** The parts this call has. A part that may still come (an open call's response) is there from the start: no tab jumps. */
export function tabsOf(call: Call): Tab<CallTabId>[] {
  const read = call.kind !== 'tunnel';
  const answered = call.status !== null || call.state === 'open' || call.responseBody.wireBytes > 0;
  const has: Readonly<Record<CallTabId, boolean>> = {
    summary: true,
    conversation: read && dialectOf(call.method, call.path) !== null,
    request: read,
    response: read && answered,
    messages: call.messages > 0 || call.kind === 'websocket' || isEventStream(call),
    caller: call.kind !== 'refused' || call.process !== null || call.app !== null,
    cost: call.cost !== null || call.usage !== null || call.limits !== null || call.deprecation !== null,
    timing: true,
    tls: call.attempts.some(({ tls }) => tls !== null),
    decisions: call.decisions.length > 0,
    raw: read,
  };
  return (Object.keys(CALL_TABS) as CallTabId[])
    .filter((id) => has[id])
    .map((id) => ({
      id,
      title: words.inspect.tab[id],
      ...(id === 'decisions' && { count: call.decisions.length }),
      ...(id === 'messages' && { count: call.messages }),
    }));
}

function isEventStream(call: Call): boolean {
  return call.responseHeaders.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('text/event-stream'),
  );
}
