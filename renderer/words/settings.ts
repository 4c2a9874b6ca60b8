import { countOf, formatCount, formatSize } from '../../shared/format/quantities.ts';

export const settings = {
  sections: {
    recording: 'Recording',
    retention: 'Retention and storage',
    redaction: 'Redaction',
    network: 'Network',
    places: 'Countries',
    desktop: 'Desktop',
    editor: 'Editor',
    appearance: 'Appearance',
    shortcuts: 'Keyboard shortcuts',
    about: 'About and paths',
  },
  editor: {
    which: 'Editor',
    whichSays: 'Opens the line of code a call came from, when you click it in Who called.',
    names: { vscode: 'VS Code', cursor: 'Cursor', jetbrains: 'JetBrains', zed: 'Zed', sublime: 'Sublime' },
    own: 'Other',
    sublimeSays: 'Sublime Text opens subl: addresses where a handler for them is installed.',
    template: 'Address',
    templateSays: 'What your editor is opened by, with {path}, {line} and {column} where they belong.',
    templateDesktop:
      'What your editor is opened by, with {path}, {line} and {column} where they belong. The desktop app opens https addresses and those of editors it knows, no others.',
    problem: {
      scheme: 'It begins with a scheme, as in vscode:.',
      never: 'An address like that opens no editor.',
      path: 'It needs {path} where the file belongs.',
    },
    sample: 'For example',
    sampleSays: 'The address of line 42 of a file.',
  },
  sectionList: 'Sections of the settings',
  changed: (title: string) => `${title}: changed`,
  undone: (title: string) => `${title}: as before`,
  fixed: 'A flag of the command line decides this while this engine runs.',
  restart: 'Counts from the next start on.',
  reset: (usual: string) => `Back to ${usual}`,
  none: 'nothing',
  off: 'off',
  next: 'Next section',
  previous: 'Section before',
  failed: 'The settings could not be read',
  list: {
    add: 'Add',
    remove: (entry: string) => `Remove ${entry}`,
    entries: (title: string) => `Entries of ${title}`,
    empty: 'None.',
    twice: (entry: string) => `“${entry}” is in the list already.`,
  },
  field: {
    bodyLimit: 'Kept of each body',
    bodyLimitSays:
      'Longer bodies are cut in the record and marked so; the calls themselves are never cut. 0 keeps no bodies.',
    passThrough: 'Pass through unread',
    passThroughSays:
      'Hosts whose TLS is not opened, for programs that pin certificates or data you do not want here. Their calls are listed as tunnels. An exact name, or *.suffix.',
    passThroughHint: '*.bank.example',
    databases: 'Where addresses are',
    databasesSays:
      'Files in MMDB format that you bring (DB-IP Lite, GeoLite2, IPinfo Lite): one of countries, and better also one of networks. Used for vendors whose hosts name no region. None comes with Sallyport, and nothing is asked over the network.',
    databasesHint: '/home/ada/dbip-country-lite.mmdb',
    callBytes: 'Room for calls',
    callBytesSays: 'Headers, timings and everything that lists and charts need. The oldest go first.',
    callAgeDays: 'Keep calls for',
    callAgeDaysSays: 'Older calls are deleted even when there is room.',
    bodyBytes: 'Room for bodies',
    bodyBytesSays: 'What was sent and received, compressed and each kept once. The oldest go first; their calls stay.',
    bodyAgeDays: 'Keep bodies for',
    bodyAgeDaysSays: 'Older bodies are deleted even when there is room.',
    names: 'Also redact',
    namesSays:
      'Names of headers, parameters and JSON fields whose values are credentials, besides those Sallyport knows. Case and separators do not matter.',
    namesHint: 'x-internal-token',
    plain: 'Never redact',
    plainSays: 'Names that look like credentials and are none.',
    plainHint: 'page_token',
    requireIdentity: 'Require identity',
    requireIdentitySays:
      'Who has to prove to the proxy with a secret who they are. Others are refused with 407 and told how to get one. What comes from another machine always has to.',
    requireIdentityApps: 'Secrets are made in Apps.',
    requireIdentityOf: { no: 'Nobody here', elsewhere: 'From elsewhere', everywhere: 'Everybody' },
    listen: 'Listen also on',
    listenSays:
      'Addresses of this machine beside loopback, so that other machines and containers can use the proxy; 0.0.0.0 for all. They have to prove who they are. Counts from the next start on.',
    listenHint: '192.168.1.20',
    upstreamProxy: 'Way out',
    upstreamProxySays: 'How Sallyport itself reaches origins. In many companies only a proxy leads out.',
    upstreamEnvironment: 'As the environment says',
    upstreamNone: 'Straight',
    upstreamAddress: 'Through a proxy',
    upstreamHint: 'http://proxy.example:3128',
    noProxy: 'Reached straight',
    noProxySays: 'Hosts for which the proxy above is not used.',
    noProxyHint: '*.internal.example',
    proxyPort: 'Port of the proxy',
    proxyPortSays: 'Empty: 4780, or a free one when that is taken.',
    workspacePort: 'Port of the workspace',
    workspacePortSays: 'Empty: 4781, or a free one when that is taken.',
    automatic: 'automatic',
  },
  bad: {
    size: 'A size such as 10 MB, 512 kB or 0.',
    days: 'A number of days, from 0.01 to 3650.',
    port: 'A port from 1 to 65535, or nothing.',
    most: (bytes: number) => `At most ${formatSize(bytes)}.`,
  },
  days: 'days',
  forecast: {
    title: 'What that means at the present rate',
    early: 'Too early to tell: less than ten minutes are recorded.',
    rate: (calls: number, callBytes: number, bodyBytes: number) =>
      `About ${countOf(calls, 'call')} a day, ${formatSize(callBytes)} of calls and ${formatSize(bodyBytes)} of bodies.`,
    name: { calls: 'Calls', bodies: 'Bodies' },
    calls: (days: string) => `Calls reach back ${days}`,
    bodies: (days: string) => `Bodies reach back ${days}`,
    byRoom: 'then the room is used up',
    byAge: 'then they are too old; there is room for more',
    used: (used: number, budget: string) => `${formatSize(used)} of ${budget} used`,
    stored: (calls: number, bodies: number) =>
      `${countOf(calls, 'call')} and ${countOf(bodies, 'body', 'bodies')} are stored.`,
    since: (date: string) => `The oldest call is of ${date}.`,
    days: (days: number) =>
      days >= 730
        ? `${formatCount(Math.round(days / 365))} years`
        : days >= 2
          ? `${formatCount(Math.round(days))} days`
          : days >= 1 / 12
            ? countOf(Math.max(1, Math.round(days * 24)), 'hour')
            : countOf(Math.max(1, Math.round(days * 1440)), 'minute'),
  },
  danger: {
    title: 'Make room',
    compact: 'Give unused room back',
    compactSays: 'Rewrites the databases without the holes that deletions left. Recording goes on.',
    remove: 'Delete all calls…',
    removeSays: 'Every call and body, for good. What was deleted is counted as a gap.',
    removeTitle: 'Delete all recorded calls?',
    removeAsk: (calls: number) =>
      `${countOf(calls, 'call')} with their bodies are deleted for good, pinned ones too. This cannot be undone.`,
    removeAction: 'Delete all',
    started: 'Begun. How far it is stands in the status bar.',
  },
  try: {
    title: 'Try it',
    says: 'Paste something as it goes over the wire. It is shown as it would be stored; nothing of it is kept.',
    as: 'What it is',
    forms: { headers: 'Headers', query: 'Query', json: 'JSON', form: 'Form', text: 'Text' },
    sample: 'Sample',
    result: 'As it would be stored',
    found: (count: number) => (count === 0 ? 'Nothing is redacted.' : `${countOf(count, 'value')} redacted.`),
  },
  desktop: {
    launchAtLogin: 'Open at login',
    launchAtLoginSays: 'Sallyport starts with your session, in the background.',
    keepInTray: 'Go on in the tray',
    keepInTraySays: 'When its window is closed, recording goes on; the tray has the pause and the way back.',
    updates: 'Look for updates',
    updatesSays: (feed: string | null) =>
      feed === null
        ? 'This copy came without an address to ask for updates; nothing is asked.'
        : `Asks ${feed} now and then, and nothing else.`,
  },
  theme: 'Theme',
  themeSays: 'Follows the system unless you choose.',
  density: 'Density',
  densitySays: 'Height of rows and controls.',
  shortcutsSays: 'Those that work everywhere. In each view, ? shows its own.',
  about: {
    version: 'Version',
    process: 'Process',
    started: 'Started',
    proxy: 'Proxy',
    data: 'Data folder',
    settings: 'Settings file',
    ca: 'Certificate authority',
    health: 'Recorder',
    healthSays: (recorded: number, shed: number) =>
      shed === 0
        ? `${countOf(recorded, 'call')} recorded since the start, none lost`
        : `${countOf(recorded, 'call')} recorded since the start, ${formatCount(shed)} let go under load`,
    trust: 'Who trusts it, and how to install it',
    gaps: 'Not recorded',
    gapsNone: 'Nothing was left out.',
    gap: (calls: number, reason: string) => `${countOf(calls, 'call')}: ${reason}`,
  },
};
