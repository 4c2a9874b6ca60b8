import type { ReactNode } from 'react';
import type { Call } from '../../shared/model/call.ts';
import { AppLine } from './caller/app-line.tsx';
import { CodePart } from './caller/code-part.tsx';
import { ProcessPart } from './caller/process-part.tsx';
import { TracePart } from './caller/trace-part.tsx';
import './caller/caller.css';

/** Who made the call: the app, the place in its code, the process, its project, the trace. What is unknown says why. */
export function CallerTab({ call }: { call: Call }): ReactNode {
  return (
    <div className="call-page caller">
      <AppLine call={call} />
      <CodePart call={call} />
      <ProcessPart call={call} />
      <TracePart call={call} />
    </div>
  );
}
