// The one file that is put into other people's programs (`--require`, NODE_OPTIONS): built as CommonJS into
// dist/agent/agent.cjs, in a wrapper that does nothing on a Node it does not know (build/bundle-agent.ts).
import { annotate, withApp } from './context.ts';
import { leaveOut } from './site.ts';
import { startAgent } from './start.ts';

declare const __filename: string;

leaveOut(__filename);
startAgent(__filename);

export { annotate, withApp };
