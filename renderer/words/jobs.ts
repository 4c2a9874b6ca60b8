import { countOf, formatCount, formatSize } from '../../shared/format/quantities.ts';

export const jobs = {
  title: 'Long work',
  none: 'Nothing is running.',
  doing: { export: 'Exporting', import: 'Importing', remove: 'Deleting', compact: 'Giving room back' },
  kind: { export: 'Export', import: 'Import', remove: 'Deletion', compact: 'Giving unused room back' },
  state: { running: 'running', done: 'done', failed: 'failed', cancelled: 'given up' },
  progress: (done: number, total: number | null, unit: 'calls' | 'bytes') => {
    const say = (amount: number): string => (unit === 'calls' ? formatCount(amount) : formatSize(amount));
    const what = unit === 'calls' ? ' calls' : '';
    return total === null ? `${say(done)}${what}` : `${say(done)} of ${say(total)}${what}`;
  },
  finished: (count: number) => `${formatCount(count)} finished`,
  more: (count: number) => `and ${formatCount(count)} more`,
  cancel: (what: string) => `Give up: ${what}`,
  download: 'Save the file',
  show: 'Show the calls',
  tray: 'Exports, imports and deletions. Click for details',
  exportAction: 'Export calls…',
  importTitle: 'Import calls',
  importAction: 'Import a HAR file…',
  exportTitle: 'Export calls',
  exportFilter: 'Which calls',
  exportFilterHint: 'all, or a filter: host:*.stripe.com',
  exportFormat: 'Format',
  formats: { har: 'HAR', ndjson: 'NDJSON' },
  formatSays: {
    har: 'For browsers’ developer tools and other debugging tools.',
    ndjson: 'One call a line, with everything recorded of it, for scripts.',
  },
  exportBodies: 'With bodies',
  exportBodiesSays: 'As they are stored: redacted.',
  exportStart: 'Export',
  exportDone: 'The export is ready',
  importDone: (message: string | null) => message ?? 'The file is imported',
  failed: {
    export: 'The export failed',
    import: 'The import failed',
    remove: 'The deletion failed',
    compact: 'That failed',
  },
  removeDone: 'The calls are deleted',
  compactDone: 'The unused room is given back',
  drop: 'Drop it to import its calls',
  dropSays: 'A HAR file, as browsers and other tools write them. It may be gzip-compressed.',
  dropCount: (count: number) => countOf(count, 'file'),
};
