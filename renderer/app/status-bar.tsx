import type { ReactNode } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi, useConnection } from '../client/api-context.ts';
import { useSignal } from '../client/signal.ts';
import { useActions } from '../data/actions.ts';
import { linkTo } from '../data/location.ts';
import { useCoverage } from '../data/coverage.ts';
import { usePulse } from '../data/pulse.ts';
import { Tip } from '../ui/tip.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import { JobsTray } from './jobs-tray.tsx';

const { status: says } = words.frame;
/** A recorder further behind than this is worth a word. */
const LAG_WORTH_SAYING_MS = 500;

/** How much is seen; leads to what is not. */
function CoverageItem(): ReactNode {
  const coverage = useCoverage();
  if (coverage === null) return null;
  const { share, sampler } = coverage;
  const { short, tip, open } = words.coverage;
  return (
    <Tip text={!sampler.works ? tip.blind : share === null ? tip.none : tip.share} side="top">
      <a className="status-item" href={linkTo('coverage')} aria-label={`${short(share)}. ${open}`}>
        {short(share)}
      </a>
    </Tip>
  );
}

/** The state of recording in one line; every figure leads to what is behind it. */
export function StatusBar(): ReactNode {
  const api = useApi();
  const { state } = useConnection();
  const connection = useSignal(state);
  const pulse = usePulse();
  const { data: info } = useQuery({ queryKey: ['system.info'], queryFn: () => api.system.info(), staleTime: 60_000 });
  const toggle = useMutation({
    mutationFn: (paused: boolean) => (paused ? api.capture.resume() : api.capture.pause()),
    onError: (error) => toast(words.general.failed, { says: error.message }),
  });
  const paused = pulse?.paused ?? false;
  useActions(words.frame.keysEverywhere, [
    {
      id: 'capture.toggle',
      title: paused ? says.resume : says.pause,
      keys: ['mod+shift+p'],
      run: () => toggle.mutate(paused),
    },
  ]);

  const live = connection === 'open';
  const dot = live ? (paused ? 'paused' : 'capturing') : connection === 'connecting' ? 'connecting' : 'lost';
  const proxy = info?.proxy?.replace('http://', '') ?? null;
  return (
    <footer className="status" aria-label={words.frame.statusBar}>
      <Tip text={paused ? says.resume : says.pause} keys="mod+shift+p" side="top">
        <button type="button" className="status-item" disabled={!live} onClick={() => toggle.mutate(paused)}>
          <span className="status-dot" data-state={dot} />
          {says[dot]}
        </button>
      </Tip>
      {proxy !== null && (
        <Tip text={says.proxy} side="top">
          <button
            type="button"
            className="status-item"
            onClick={() => void navigator.clipboard.writeText(`http://${proxy}`).then(() => toast(says.proxyCopied))}
          >
            {proxy}
          </button>
        </Tip>
      )}
      {live && pulse && (
        <>
          <Tip text={says.rateTip} side="top">
            <a className="status-item" href={linkTo('overview')}>
              {says.rate(pulse.callsPerSecond)}
            </a>
          </Tip>
          <Tip text={says.openTip} side="top">
            <a className="status-item" href={linkTo('traffic', { filter: 'state:open' })}>
              {says.open(pulse.openCalls)}
            </a>
          </Tip>
          {pulse.lagMs > LAG_WORTH_SAYING_MS && (
            <Tip text={says.lagTip} side="top">
              <span className="status-item">{says.lag(pulse.lagMs)}</span>
            </Tip>
          )}
          {pulse.skipped > 0 && (
            <Tip text={says.skippedTip} side="top">
              <span className="status-item">{says.skipped(pulse.skipped)}</span>
            </Tip>
          )}
          {pulse.lastError !== null && (
            <Tip text={pulse.lastError} side="top">
              <span className="status-item status-trouble" role="alert">
                {says.trouble}
              </span>
            </Tip>
          )}
        </>
      )}
      {live && (
        <>
          <span className="status-gap" />
          <JobsTray />
          <CoverageItem />
        </>
      )}
      {live && pulse && (
        <Tip text={says.storageTip} side="top">
          <a className="status-item status-second" href={linkTo('settings', { section: 'retention' })}>
            {says.storage(pulse.storedBytes, pulse.budgetBytes)}
          </a>
        </Tip>
      )}
    </footer>
  );
}
