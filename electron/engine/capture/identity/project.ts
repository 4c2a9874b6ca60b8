// The project a process runs in, as the project's own files name it. Reads a few small files; never throws.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Project, ProjectKind } from '../../../../shared/model/caller.ts';
import { readGit } from './git.ts';

/** A file that names a project, and how. Null: it is one without a name of its own, so the folder's is taken. */
interface Sign {
  kind: ProjectKind;
  /** A whole name, or an ending that begins with a dot. */
  file: string;
  name: (text: string, file: string) => string | null;
}

const first = (pattern: RegExp) => (text: string) => pattern.exec(text)?.[1] ?? null;
/** The name in a section of a TOML file. */
const inSection = (section: string) => (text: string) => {
  const at = new RegExp(`^\\[${section}\\]\\s*$`, 'm').exec(text);
  if (at === null) return null;
  const rest = text.slice(at.index + at[0].length);
  const end = /^\[/m.exec(rest);
  return first(/^\s*name\s*=\s*["']([^"'\n]+)["']/m)(end === null ? rest : rest.slice(0, end.index));
};
const inJson = (text: string): string | null => {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && 'name' in read && typeof read.name === 'string'
      ? read.name
      : null;
  } catch {
    return null;
  }
};

/** In the order in which they count where a folder has several. */
const SIGNS: readonly Sign[] = [
  { kind: 'npm', file: 'package.json', name: inJson },
  {
    kind: 'python',
    file: 'pyproject.toml',
    name: (text) => inSection('project')(text) ?? inSection('tool\\.poetry')(text),
  },
  { kind: 'python', file: 'setup.cfg', name: first(/^name\s*=\s*(\S+)/m) },
  { kind: 'python', file: 'setup.py', name: first(/\bname\s*=\s*["']([^"']+)["']/) },
  { kind: 'python', file: 'requirements.txt', name: () => null },
  { kind: 'go', file: 'go.mod', name: first(/^module\s+"?([^\s"]+)/m) },
  { kind: 'rust', file: 'Cargo.toml', name: inSection('package') },
  {
    kind: 'java',
    file: 'pom.xml',
    name: (text) => first(/<artifactId>\s*([^<\s]+)/)(text.replace(/<parent>[^]*?<\/parent>/, '')),
  },
  { kind: 'java', file: 'settings.gradle', name: first(/rootProject\.name\s*=\s*["']([^"']+)/) },
  { kind: 'java', file: 'settings.gradle.kts', name: first(/rootProject\.name\s*=\s*["']([^"']+)/) },
  { kind: 'java', file: 'build.gradle', name: () => null },
  { kind: 'java', file: 'build.gradle.kts', name: () => null },
  { kind: 'php', file: 'composer.json', name: inJson },
  { kind: 'ruby', file: '.gemspec', name: (text, file) => first(/\.name\s*=\s*["']([^"']+)/)(text) ?? stem(file) },
  { kind: 'ruby', file: 'Gemfile', name: () => null },
  { kind: 'dotnet', file: '.csproj', name: (_text, file) => stem(file) },
  { kind: 'dotnet', file: '.fsproj', name: (_text, file) => stem(file) },
  { kind: 'dotnet', file: '.sln', name: (_text, file) => stem(file) },
];
const LONGEST = 256 * 1024;
const LEVELS = 24;

function stem(file: string): string {
  return file.replace(/\.[^.]+$/, '');
}

/**
 * The nearest project from `folder` upward. Home folders and the root are nobody's project, whatever lies there.
 * @param home the user's home folder
 * @param root put before every path that is read: the view of another file system
 */
export function findProject(folder: string, home: string, root = ''): Project | null {
  let at = folder;
  for (let level = 0; level < LEVELS && at !== '/' && at !== home && dirname(at) !== at; level += 1) {
    // A package's own folder inside of node_modules is no project of the user's.
    if (!/\/(?:node_modules|site-packages)(?:\/|$)/.test(at.replaceAll('\\', '/'))) {
      const found = projectIn(at, root);
      if (found !== null) return { ...found, folder: at, ...readGit(at, root) };
    }
    at = dirname(at);
  }
  return null;
}

function projectIn(folder: string, root: string): Pick<Project, 'kind' | 'name'> | null {
  let files: string[];
  try {
    files = readdirSync(root + folder);
  } catch {
    return null;
  }
  const there = new Set(files);
  for (const { kind, file, name } of SIGNS) {
    const found = file.startsWith('.')
      ? files.find((one) => one.endsWith(file) && one !== file)
      : there.has(file)
        ? file
        : undefined;
    if (found === undefined) continue;
    const text = readSmall(join(root + folder, found));
    if (text === null) continue;
    const given = name(text, found) || basename(folder);
    // oxlint-disable-next-line no-control-regex
    return { kind, name: given.replaceAll(/[\0-\x1f\x7f]/g, ' ').slice(0, 200) };
  }
  return null;
}

function readSmall(path: string): string | null {
  try {
    const { size } = statSync(path);
    return size > LONGEST ? null : readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
