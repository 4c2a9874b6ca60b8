import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { formatSize } from '../../../shared/format/quantities.ts';
import type { Call } from '../../../shared/model/call.ts';
import { Empty } from '../../ui/empty.tsx';
import { words } from '../../words/index.ts';
import { BodyView } from './body-view.tsx';
import { bodyHint } from './body-hint.ts';

const say = words.inspect.viewer;

/** The body of one side of a call, or why there is none to show. */
export function CallBody({ call, side }: { call: Call; side: 'request' | 'response' }): ReactNode {
  const body = side === 'request' ? call.requestBody : call.responseBody;
  const source = useMemo(() => ({ url: `/api/calls/${call.id}/body/${side}` }), [call.id, side]);
  const { wireBytes, capturedBytes, captured, truncated } = body;
  if (captured === null) {
    if (call.state === 'open') return <Empty title={say.pending} says={say.pendingSays} />;
    if (wireBytes === 0) return <Empty title={say.none} says={say.noneSays[side]} />;
    return <Empty title={say.notKept} says={say.notKeptSays(formatSize(wireBytes), say.why[truncated ?? 'unknown'])} />;
  }
  const remarks =
    truncated === null
      ? []
      : [
          ...(capturedBytes < wireBytes ? [say.truncated(formatSize(capturedBytes), formatSize(wireBytes))] : []),
          say.why[truncated],
        ];
  return (
    <BodyView
      key={`${call.id} ${side}`}
      source={source}
      hint={bodyHint(call, side)}
      remarks={remarks}
      fileName={`call-${call.id}-${side}`}
    />
  );
}
