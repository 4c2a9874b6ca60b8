import type { ProjectKind } from '../../shared/model/caller.ts';

/** What a program runs on, or what kind of program it is; each has a mark of ours. */
export const RUNTIMES = [
  'node',
  'deno',
  'bun',
  'python',
  'ruby',
  'java',
  'go',
  'dotnet',
  'php',
  'rust',
  'command',
  'browser',
  'shell',
  'git',
  'container',
  'program',
  'unknown',
] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** Program files, without folder, version and `.exe`, and what they are. */
const FILES: readonly (readonly [Runtime, RegExp])[] = [
  ['node', /^(node|nodejs|npm|npx|yarn|pnpm|tsx|ts-node|corepack)$/],
  ['deno', /^deno$/],
  ['bun', /^bunx?$/],
  ['python', /^(python|pypy|pip|uv|uvicorn|gunicorn|celery|poetry|ipython|jupyter)$/],
  ['ruby', /^(ruby|irb|rails|rake|bundle|gem|puma|jruby)$/],
  ['java', /^(javaw?|gradle|gradlew|mvn|mvnw|kotlin|scala|sbt)$/],
  ['go', /^go$/],
  ['dotnet', /^(dotnet|pwsh-preview)$/],
  ['php', /^(php|php-fpm|composer)$/],
  ['rust', /^(cargo|rustup)$/],
  ['command', /^(curl|wget|http|https|httpie|xh|aria2c|apt|apt-get|brew|aws|gcloud|az|gh)$/],
  [
    'browser',
    /^(chrome|google-chrome|chromium|chromium-browser|firefox|msedge|microsoft-edge|brave|brave-browser|safari|opera|vivaldi)(-stable)?$/i,
  ],
  ['shell', /^(sh|bash|zsh|fish|dash|ksh|pwsh|powershell|cmd)$/i],
  ['git', /^(git|git-remote-https?|git-lfs|hg|svn)$/],
  ['container', /^(docker|dockerd|containerd|podman|kubectl|docker-compose)$/],
];

/** Endings of scripts, where the command that runs them is not known. */
const SCRIPTS: readonly (readonly [Runtime, RegExp])[] = [
  ['node', /\.[cm]?[jt]sx?$/],
  ['python', /\.pyw?$/],
  ['ruby', /\.rb$/],
  ['java', /\.jar$/],
  ['php', /\.php$/],
  ['dotnet', /\.dll$/i],
];

const OF_PROJECT: Readonly<Record<ProjectKind, Runtime>> = {
  npm: 'node',
  python: 'python',
  go: 'go',
  ruby: 'ruby',
  java: 'java',
  dotnet: 'dotnet',
  rust: 'rust',
  php: 'php',
};

export interface Program {
  /** Its file, or the script an interpreter runs. */
  name: string;
  /** The command line, when it is known. */
  command?: string | null;
  project?: { kind: ProjectKind } | null;
}

/** Command lines repeat: a thousand of them are remembered. */
const known = new Map<string, Runtime>();
const REMEMBERED = 1000;

/** What a program runs on: as its command line says, else as its project does. */
export function runtimeOf(program: Program | null): Runtime {
  if (program === null) return 'unknown';
  const { name, command = null, project = null } = program;
  const text = command ?? name;
  let found = known.get(text);
  if (found === undefined) {
    found = ofFile(fileOf(text));
    if (found === 'program' && command !== null) found = ofFile(fileOf(name));
    else if (found === 'program') found = SCRIPTS.find(([, ending]) => ending.test(name))?.[0] ?? found;
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, found);
  }
  return found === 'program' && project !== null ? OF_PROJECT[project.kind] : found;
}

/** `"C:\Program Files\nodejs\node.exe" app.js` → `node`; `/usr/bin/python3.12 -m x` → `python`. */
function fileOf(command: string): string {
  const [, quoted, plain = ''] = /^\s*(?:"([^"]*)"|(\S*))/.exec(command) ?? [];
  const file = (quoted ?? plain).split(/[\\/]/).at(-1) ?? '';
  return file
    .replace(/\.(exe|cmd|bat|js|mjs|cjs)$/i, '')
    .replace(/(?<=[a-z])[-_]?\d[\d.]*$/i, '')
    .replace(/:$/, '');
}

function ofFile(file: string): Runtime {
  return FILES.find(([, pattern]) => pattern.test(file))?.[0] ?? 'program';
}
