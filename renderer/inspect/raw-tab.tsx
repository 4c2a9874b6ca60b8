import type { ReactNode } from 'react';
import type { Call, Header } from '../../shared/model/call.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { words } from '../words/index.ts';
import { rawRequestHead, rawResponseHead } from './raw-head.ts';

const say = words.inspect.raw;

/** Both sides as their protocol writes them. */
export function RawTab({ call }: { call: Call }): ReactNode {
  const h2 = call.clientProtocol === 'h2';
  return (
    <div className="call-page raw">
      <p className="dim">{h2 ? say.h2 : say.h1}</p>
      <Side title={say.request} text={rawRequestHead(call)} trailers={call.requestTrailers} />
      <Side title={say.response} text={rawResponseHead(call) ?? say.noAnswer} trailers={call.responseTrailers} />
    </div>
  );
}

function Side({ title, text, trailers }: { title: string; text: string; trailers: readonly Header[] }): ReactNode {
  const whole = text + trailers.map(([name, value]) => `\n${name}: ${value}`).join('');
  return (
    <section aria-label={title}>
      <div className="raw-head">
        <h2 className="call-heading">{title}</h2>
        <CopyButton text={whole} label={say.copy} />
      </div>
      <pre>{whole}</pre>
    </section>
  );
}
