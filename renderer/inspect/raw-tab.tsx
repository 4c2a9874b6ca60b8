import type { ReactNode } from 'react';
import type { Call, Header } from '../../shared/model/call.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { openBodyReader } from './body/body-reader.ts';
import { bodyHint } from './body/body-hint.ts';
import { Valued } from './valued.tsx';
import { isBinary } from '../../shared/payload/recognise.ts';
import { useQuery } from '@tanstack/react-query';
import { rawRequestHead, rawResponseHead } from './raw-head.ts';

const say = words.inspect.raw;

/** Both sides as their protocol writes them. */
export function RawTab({ call }: { call: Call }): ReactNode {
  const h2 = call.clientProtocol === 'h2';
  return (
    <div className="call-page raw">
      <p className="dim">{h2 ? say.h2 : say.h1}</p>
      <Side call={call} side="request" head={rawRequestHead(call)} trailers={call.requestTrailers} />
      <Side call={call} side="response" head={rawResponseHead(call)} trailers={call.responseTrailers} />
    </div>
  );
}

/** More of a body is not shown here. */
const MOST = 200_000;

function Side({
  call,
  side,
  head,
  trailers,
}: {
  call: Call;
  side: 'request' | 'response';
  head: string | null;
  trailers: readonly Header[];
}): ReactNode {
  const { captured, wireBytes } = side === 'request' ? call.requestBody : call.responseBody;
  const body = useQuery({
    queryKey: ['raw', call.id, side, captured],
    enabled: captured !== null,
    staleTime: Infinity,
    queryFn: () => readText(call, side),
  });
  const text =
    captured === null
      ? wireBytes > 0
        ? say.noBodyKept(wireBytes)
        : ''
      : (body.data ?? (body.error ? say.noBodyKept(wireBytes) : ''));
  const tail = trailers.map(([name, value]) => `\n${name}: ${value}`).join('');
  const whole = head === null ? say.noAnswer : `${head}${text === '' ? '' : `\n${text}`}${tail}`;
  return (
    <section aria-label={say[side]}>
      <div className="raw-head">
        <h2 className="call-heading">{say[side]}</h2>
        <CopyButton text={whole} label={say.copy} />
      </div>
      <pre>
        <Valued value={whole} />
      </pre>
    </section>
  );
}

async function readText(call: Call, side: 'request' | 'response'): Promise<string> {
  const reader = openBodyReader();
  try {
    const opened = await reader.ask('open', {
      source: { url: `/api/calls/${call.id}/body/${side}` },
      hint: bodyHint(call, side),
    });
    if (isBinary(opened.form)) return say.notText(opened.bytes, opened.mediaType);
    await reader.ask('show', { look: 'raw', form: null });
    const { text } = await reader.ask('text', { most: MOST });
    return text.length < MOST ? text : `${text}\n${say.bigBody(opened.bytes)}`;
  } finally {
    reader.release();
  }
}
