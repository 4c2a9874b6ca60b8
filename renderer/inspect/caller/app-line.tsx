import type { ReactNode } from 'react';
import { printQuery } from '../../../shared/query/print.ts';
import type { Call } from '../../../shared/model/call.ts';
import { appMark } from '../../callers/app-mark.tsx';
import { runtimeOf } from '../../callers/runtime.ts';
import { linkTo } from '../../data/location.ts';
import { Tip } from '../../ui/tip.tsx';
import { words } from '../../words/index.ts';

const say = words.caller;

/** The app, with its mark, and every way the call was seen. */
export function AppLine({ call }: { call: Call }): ReactNode {
  const { app, process, sources } = call;
  return (
    <header className="caller-app">
      <span className="caller-tile">{appMark(app, runtimeOf(process ?? (app === null ? null : { name: app })))}</span>
      <span className="caller-name">
        {app === null ? (
          <strong className="dim">{say.unknownApp}</strong>
        ) : (
          <a href={linkTo('apps', { app })} title={say.showApp(app)}>
            {app}
          </a>
        )}
        {process && (
          <span className="dim ellipsis">
            {process.name} <span className="unit">pid {process.pid}</span>
          </span>
        )}
      </span>
      {app !== null && (
        <a
          className="caller-more"
          href={linkTo('traffic', { filter: printQuery({ op: 'text', field: 'app', pattern: app }) })}
        >
          {say.showCalls}
        </a>
      )}
      <span className="caller-sources">
        {(sources.length === 0 ? [call.source] : sources).map((source) => (
          <Tip key={source} text={say.seenByTip[source]}>
            <span className="caller-badge" data-source={source} tabIndex={0}>
              {say.seenBy[source]}
            </span>
          </Tip>
        ))}
      </span>
    </header>
  );
}
