import type { BrowserWindow, MessageBoxOptions } from 'electron';
import type { TrustOutcome } from '../../shared/desktop/bridge.ts';
import type { TrustPlan } from '../hosts/engine-messages.ts';
import type { ElectronMain } from './electron-main.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';

/** Shows what would be run, asks, and lets the engine's process run it. Nothing is changed without a yes. */
export async function changeTrust(
  { dialog }: Pick<ElectronMain, 'dialog'>,
  window: BrowserWindow | null,
  engine: Pick<EngineSupervisor, 'planTrust' | 'changeTrust'>,
  what: 'install' | 'uninstall',
): Promise<TrustOutcome> {
  const plan = await engine.planTrust(what);
  if (plan.why !== null) return { changed: false, why: plan.why };
  const options = trustQuestion(plan, what);
  const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  if (response !== 0) return { changed: false, why: 'Nothing was changed.' };
  const { done, why, left } = await engine.changeTrust(what);
  return done ? { changed: true, left } : { changed: false, why: why ?? 'Nothing was changed.' };
}

/** The question with every command in it; the button that changes nothing is the one that Enter and Escape press. */
export function trustQuestion({ certificate, steps }: TrustPlan, what: 'install' | 'uninstall'): MessageBoxOptions {
  const lines = steps.map(
    ({ says, command, optional }) => `• ${says}${optional ? ', if possible' : ''}\n   ${command}`,
  );
  const warning =
    what === 'install'
      ? '\n\nFrom then on, whoever can read ca-key.pem in the data folder could impersonate any site to this machine.'
      : '';
  return {
    type: 'question',
    title: 'Sallyport',
    message:
      what === 'install'
        ? `Make this machine trust “${certificate.name}”?`
        : `Make this machine forget “${certificate.name}”?`,
    detail: `This will be run:\n\n${lines.join('\n')}${warning}`,
    buttons: [what === 'install' ? 'Trust It' : 'Forget It', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
}
