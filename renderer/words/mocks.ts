import { countOf } from '../../shared/format/quantities.ts';

export const mocks = {
  region: 'Answers from mocks',
  active: (name: string) => `Mocks of “${name}” answer`,
  whom: (apps: readonly string[] | null, run: string | null) => {
    if (run !== null) return 'one run of a program';
    return apps === null ? 'every app' : apps.join(', ');
  },
  served: (served: number, refused: number) =>
    `${countOf(served, 'call')} answered${refused > 0 ? `, ${countOf(refused, 'call')} refused` : ''}`,
  left: (minutes: number | null) => {
    if (minutes === null) return 'until the run ends';
    if (minutes < 1) return 'less than a minute left';
    return minutes < 90 ? `${Math.ceil(minutes)} min left` : `${Math.round(minutes / 60)} h left`;
  },
  show: 'Show its calls',
  stop: 'Stop',
  stopNamed: (name: string) => `Stop answering from “${name}”`,
  stopped: (name: string) => `“${name}” answers no more`,
  failed: 'It could not be stopped',
};
