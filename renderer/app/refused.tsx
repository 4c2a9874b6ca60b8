import type { ReactNode } from 'react';
import { words } from '../words/index.ts';

/** The engine does not know this page's session any more: its link has to be used again. */
export function Refused(): ReactNode {
  return (
    <main className="refused" role="alert">
      <h1>{words.frame.refusedTitle}</h1>
      <p>{words.frame.refusedSays}</p>
      <pre>npx sallyport open</pre>
    </main>
  );
}
