import type { ReactNode } from 'react';
import { goTo, useParam } from '../../data/location.ts';
import { CallPanel } from '../../inspect/call-panel.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { words } from '../../words/index.ts';

/** One call on a page of its own: `#/call?id=…`. */
export default function CallView(): ReactNode {
  const id = Number(useParam('id'));
  if (!Number.isSafeInteger(id) || id <= 0) {
    return (
      <Empty title={words.call.noneTitle} says={words.call.noneSays}>
        <Button look="primary" onClick={() => goTo('traffic')}>
          {words.call.toTraffic}
        </Button>
      </Empty>
    );
  }
  return <CallPanel id={id} onClose={() => (history.length > 1 ? history.back() : goTo('traffic'))} />;
}
