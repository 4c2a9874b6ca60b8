import { countOf, formatCount } from '../../shared/format/quantities.ts';

export const coverage = {
  title: 'Coverage',
  open: 'Show coverage: what is not seen',
  span: 'Time span',
  spans: { '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
  short: (share: number | null) => (share === null ? 'coverage –' : `coverage ${percent(share)}`),
  tip: {
    share: 'Connections of captured apps in the last hour that were seen. Click for what was not',
    none: 'No captured app made a connection in the last hour. Click for what was not seen',
    blind: 'Nobody looks at what goes around. Click for why',
  },
  percent,
  of: (seen: number, all: number) =>
    `${formatCount(seen)} of ${countOf(all, 'connection')} of captured apps ${all === 1 ? 'was' : 'were'} seen.`,
  noneYet: 'No captured app made a connection in this time.',
  blindTitle: 'What goes around cannot be seen here',
  blindSays: 'What came through is counted all the same.',
  parts: {
    seen: { title: 'Seen', says: 'came through the proxy, or were told of by the agent' },
    around: { title: 'Around', says: 'of captured apps, past both' },
    neverCaptured: {
      title: 'Never captured',
      says: (apps: number) =>
        apps === 0
          ? 'of programs nobody pointed at Sallyport'
          : `of ${countOf(apps, 'program')} nobody pointed at Sallyport`,
    },
    passThrough: { title: 'Passed through', says: 'tunnels not read, since a setting says so' },
    pinned: { title: 'Pinned', says: 'tunnels not read, since the program did not accept the certificate' },
    bodiesShed: { title: 'Without bodies', says: 'calls whose bodies were not kept: the recorder was busy' },
    callsLost: { title: 'Not recorded', says: 'calls let go under load, or while recording was paused' },
    agentDrops: { title: 'Agent drops', says: 'calls that agents could not report' },
  },
  partsList: 'What the number is made of',
  connections: 'connections',
  calls: 'calls',
  chart: 'Connections by the hour',
  table: 'Connections by the hour',
  showTable: 'Show the table behind the chart',
  hideTable: 'Show the chart again',
  series: { seen: 'Seen', around: 'Around', neverCaptured: 'Never captured' },
  notSeen: 'Not seen',
  notSeenSays: 'Where programs of this machine went past Sallyport, the newest first.',
  onlyApp: (app: string) => `Only ${app}`,
  allApps: 'All apps',
  nothingTitle: 'Nothing went around',
  nothingSays: 'Every connection that was seen leaving in this time came this way.',
  failed: 'Coverage could not be read',
  find: 'Find a program or host',
  noneFound: (text: string) => `Nothing like “${text}” in this list.`,
  clear: 'Show all',
};

/** Never rounded up: 99.96 % is not all. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
