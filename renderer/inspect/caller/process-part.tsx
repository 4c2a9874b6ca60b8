import type { ReactNode } from 'react';
import type { Call } from '../../../shared/model/call.ts';
import type { ProcessIdentity, Project } from '../../../shared/model/caller.ts';
import { pidTerm } from '../../callers/terms.ts';
import { linkTo } from '../../data/location.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { words } from '../../words/index.ts';
import { Facts } from '../facts.tsx';
import { Timestamp } from '../timestamp.tsx';
import { isNew } from '../use-call.ts';

const say = words.caller;
const { processFacts } = say;

/** The process that made the call, those that started it, and its project; or why it is not known. */
export function ProcessPart({ call }: { call: Call }): ReactNode {
  const { process } = call;
  if (process === null) return <NoProcess call={call} />;
  const { pid, name, command, executable, folder, user, container, startedAt, parents, project } = process;
  return (
    <>
      <section aria-label={say.process}>
        <h2 className="call-heading">{say.process}</h2>
        <Facts
          facts={[
            [processFacts.name, name],
            [
              processFacts.pid,
              <span key="p" className="caller-pid">
                {pid}
                <a href={linkTo('traffic', { filter: pidTerm(pid) })}>{say.allOfProcess}</a>
              </span>,
            ],
            command === null ? null : [processFacts.command, <Command key="c" command={command} />],
            executable === null ? null : [processFacts.executable, <Code key="e">{executable}</Code>],
            folder === null ? null : [processFacts.folder, <Code key="f">{folder}</Code>],
            user === null ? null : [processFacts.user, user],
            container === null ? null : [processFacts.container, <Code key="b">{container}</Code>],
            startedAt === null ? null : [processFacts.started, <Timestamp key="s" at={startedAt} />],
            parents.length === 0 ? null : [processFacts.parents, <Family key="t" process={process} />],
          ]}
        />
      </section>
      {project && <ProjectPart project={project} />}
    </>
  );
}

function Code({ children }: { children: string }): ReactNode {
  return <span className="mono">{children}</span>;
}

function Command({ command }: { command: string }): ReactNode {
  return (
    <span className="call-url">
      <span className="mono caller-line">{command}</span>
      <CopyButton text={command} label={say.copyCommand} />
    </span>
  );
}

/** The oldest first, each step one in. */
function Family({ process: { pid, name, parents } }: { process: ProcessIdentity }): ReactNode {
  const line = [...parents.toReversed(), { pid, name }];
  return (
    <ol className="caller-family" aria-label={say.tree}>
      {line.map((one, depth) => (
        <li key={one.pid} style={{ paddingLeft: depth * 14 }} aria-current={depth === line.length - 1 || undefined}>
          {depth > 0 && <span className="caller-branch" aria-hidden />}
          {one.name} <span className="unit">{one.pid}</span>
          {depth === line.length - 1 && <span className="dim"> {say.here}</span>}
        </li>
      ))}
    </ol>
  );
}

function ProjectPart({ project }: { project: Project }): ReactNode {
  const { kind, name, folder, gitBranch, gitRemote } = project;
  return (
    <section aria-label={say.project}>
      <h2 className="call-heading">{say.project}</h2>
      <Facts
        facts={[
          [
            say.projectName,
            <span key="n">
              {name} <span className="unit">{say.projectKind[kind]}</span>
            </span>,
          ],
          [processFacts.folder, <Code key="f">{folder}</Code>],
          gitBranch === null ? null : [say.branch, <Code key="b">{gitBranch}</Code>],
          [
            say.remote,
            gitRemote === null ? <span className="dim">{say.noGit}</span> : <Code key="r">{gitRemote}</Code>,
          ],
        ]}
      />
    </section>
  );
}

function NoProcess({ call }: { call: Call }): ReactNode {
  const { title, remedy } =
    say.unknown[
      call.processUnknown ??
        (call.source === 'import' || call.source === 'replay' ? call.source : isNew(call) ? 'looking' : 'never')
    ];
  return (
    <section aria-label={say.process}>
      <h2 className="call-heading">{say.process}</h2>
      <p className="caller-unknown">
        {title} {remedy}
      </p>
    </section>
  );
}
