import type { ReactNode } from 'react';
import type { Call } from '../../../shared/model/call.ts';
import type { Frame } from '../../../shared/model/caller.ts';
import { CodeLink } from '../../callers/code-link.tsx';
import { readCallsite, shortPath } from '../../callers/code-place.ts';
import { runtimeOf } from '../../callers/runtime.ts';
import { termFor } from '../../callers/terms.ts';
import { linkTo } from '../../data/location.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { words } from '../../words/index.ts';

const say = words.caller;
/** So many frames an agent sends at most. */
const MOST_FRAMES = 10;

/** The place in the program's code that made the call, and how it came there; or why that is not known. */
export function CodePart({ call }: { call: Call }): ReactNode {
  const { callsite, frames } = call;
  if (callsite === null && call.package === null && frames.length === 0) return <NoCode call={call} />;
  const folder = call.process?.project?.folder ?? call.process?.folder ?? null;
  const place = callsite === null ? null : readCallsite(callsite);
  const exact = place && frames.find(({ file, line }) => file === place.file && line === place.line);
  const version = frames.find((frame) => frame.package === call.package)?.version ?? null;
  return (
    <section aria-label={say.code}>
      <h2 className="call-heading">{say.code}</h2>
      <div className="caller-site">
        {place === null ? (
          <span className="dim">{say.noCode['no-own']}</span>
        ) : (
          <CodeLink place={{ ...place, column: exact?.column ?? 1 }}>
            <strong>
              {shortPath(place.file, folder)}:{place.line}
            </strong>
          </CodeLink>
        )}
        {call.package !== null && (
          <span className="caller-package">
            <span className="dim">{say.through}</span> {call.package}
            {version !== null && <span className="unit"> {version}</span>}
          </span>
        )}
        {callsite !== null && <CopyButton text={callsite} label={say.copyPlace} />}
      </div>
      <p className="caller-links">
        {callsite !== null && <a href={linkTo('traffic', { filter: termFor('callsite', callsite) })}>{say.onlySite}</a>}
        {call.package !== null && (
          <a href={linkTo('traffic', { filter: termFor('package', call.package) })}>{say.onlyPackage(call.package)}</a>
        )}
      </p>
      {frames.length > 0 && (
        <ol className="caller-stack" aria-label={say.stack}>
          {frames.map((frame, index) => (
            <Step key={index} frame={frame} folder={folder} here={place !== null && frame === exact} />
          ))}
        </ol>
      )}
      {frames.length >= MOST_FRAMES && <p className="caller-note dim">{say.moreFrames}</p>}
    </section>
  );
}

function Step({ frame, folder, here }: { frame: Frame; folder: string | null; here: boolean }): ReactNode {
  const { file, line, column } = frame;
  const path = frame.package === null ? shortPath(file, folder) : withinPackage(file, frame.package);
  return (
    <li data-own={frame.package === null || undefined} data-here={here || undefined}>
      <span className="caller-function ellipsis">{frame.function ?? say.anonymous}</span>
      <CodeLink place={{ file, line, column }}>
        {path}:{line}:{column}
      </CodeLink>
      <span className="caller-from ellipsis">
        {frame.package === null ? say.own : frame.package}
        {frame.version !== null && <span className="unit"> {frame.version}</span>}
      </span>
    </li>
  );
}

/** The path from the package's own folder on. */
function withinPackage(file: string, name: string): string {
  const plain = file.replaceAll('\\', '/');
  const at = plain.lastIndexOf(`/node_modules/${name}/`);
  return at < 0 ? shortPath(file) : plain.slice(at + `/node_modules/${name}/`.length);
}

function NoCode({ call }: { call: Call }): ReactNode {
  const runtime = runtimeOf(call.process);
  const why = call.sources.includes('agent')
    ? 'no-own'
    : call.source === 'import'
      ? 'import'
      : runtime === 'node' || runtime === 'unknown' || runtime === 'program'
        ? 'no-agent'
        : 'not-node';
  return (
    <section aria-label={say.code}>
      <h2 className="call-heading">{say.code}</h2>
      <p className="caller-unknown">{say.noCode[why]}</p>
      {why === 'no-agent' && (
        <p className="caller-command">
          <code>{say.command}</code>
          <CopyButton text={say.command} label={say.copyCommand} />
        </p>
      )}
    </section>
  );
}
