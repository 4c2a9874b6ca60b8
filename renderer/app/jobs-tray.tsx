import { Popover } from '@base-ui/react/popover';
import { Download, X } from 'lucide-react';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../client/api-context.ts';
import { saveExport, shareDone, useJobs } from '../data/jobs.ts';
import type { Job } from '../data/jobs.ts';
import { goTo } from '../data/location.ts';
import { IconButton } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import './jobs-tray.css';

const says = words.jobs;

/** Long work in the status bar: what runs and how far, and behind it all of it with its files. Nothing when there is none. */
export function JobsTray(): ReactNode {
  const jobs = useJobs();
  useTold(jobs);
  const running = jobs.filter(({ state }) => state === 'running');
  const [first] = running;
  if (jobs.length === 0) return null;
  return (
    <Popover.Root>
      <Popover.Trigger className="status-item" title={says.tray}>
        <span className="unseen">{says.title}: </span>
        {first ? (
          <>
            {says.doing[first.kind]} {says.progress(first.done, first.total, first.unit)}
            <Bar job={first} />
            {running.length > 1 && says.more(running.length - 1)}
          </>
        ) : (
          says.finished(jobs.length)
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="top" align="end" sideOffset={6} className="floating-positioner">
          <Popover.Popup className="jobs">
            <Popover.Title className="jobs-title">{says.title}</Popover.Title>
            <ul>
              {jobs.map((job) => (
                <Line key={job.id} job={job} />
              ))}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Line({ job }: { job: Job }): ReactNode {
  const api = useApi();
  const { kind, subject, state, message, download } = job;
  const name = `${says.kind[kind]}: ${subject}`;
  return (
    <li className="jobs-line">
      <div className="jobs-what">
        <strong>{says.kind[kind]}</strong> <span className="ellipsis">{subject}</span>
        <span className="dim" data-state={state}>
          {says.state[state]}
        </span>
      </div>
      {state === 'running' ? (
        <div className="jobs-how">
          <Bar job={job} />
          <span className="dim">{says.progress(job.done, job.total, job.unit)}</span>
        </div>
      ) : (
        message !== null && <p className="dim">{message}</p>
      )}
      <span className="jobs-action">
        {state === 'running' && (
          <IconButton
            icon={X}
            label={says.cancel(name)}
            onClick={() =>
              void api.jobs
                .cancel({ id: job.id })
                .catch((error: Error) => toast(words.general.failed, { says: error.message }))
            }
          />
        )}
        {state === 'done' && download !== null && (
          <IconButton icon={Download} label={`${says.download}: ${subject}`} onClick={() => save(job)} />
        )}
      </span>
    </li>
  );
}

function Bar({ job }: { job: Job }): ReactNode {
  const share = shareDone(job);
  return (
    <span
      className="jobs-bar"
      role="progressbar"
      aria-label={says.kind[job.kind]}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
    >
      <span style={{ width: `${(share ?? 0.3) * 100}%` }} />
    </span>
  );
}

const OPENED = Date.now() * 1000;
/** Numbers of jobs begin anew with each engine; with their beginnings they name one job. */
const told = new Set<string>();

/** Says of each job that began and ended while the page is open how it went, however short it was. */
function useTold(jobs: readonly Job[]): void {
  useEffect(() => {
    for (const job of jobs) {
      const name = `${job.id} ${job.startedAt}`;
      if (job.state === 'running' || told.has(name)) continue;
      told.add(name);
      if ((job.endedAt ?? 0) >= OPENED) tell(job);
    }
  }, [jobs]);
}

function tell(job: Job): void {
  const more = job.message === null ? {} : { says: job.message };
  // The desktop says it too, to somebody who has gone on to another window.
  const announce = (title: string): void => window.sallyport?.notify({ title, body: job.message ?? job.subject });
  if (job.state === 'failed') {
    announce(says.failed[job.kind]);
    toast(says.failed[job.kind], more);
  }
  if (job.state !== 'done') return;
  if (job.kind === 'export') {
    announce(says.exportDone);
    toast(says.exportDone, { ...more, action: { title: says.download, run: () => save(job) } });
  } else if (job.kind === 'import') {
    const title = says.importDone(job.message);
    announce(title);
    toast(title, {
      action: { title: says.show, run: () => goTo('traffic', { filter: 'source:import' }) },
    });
  } else {
    const title = job.kind === 'remove' ? says.removeDone : says.compactDone;
    announce(title);
    toast(title, more);
  }
}

function save(job: Job): void {
  saveExport(job).catch((error: Error) => toast(words.general.failed, { says: error.message }));
}
