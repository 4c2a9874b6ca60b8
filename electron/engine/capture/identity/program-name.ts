// What a person would call a running program, from its file and its arguments.

const SHELL = /^(?:sh|bash|dash|zsh|ksh|fish)$/;

/** Programs that run others' code: which options take a value of their own, and how else code is named. */
const INTERPRETERS: readonly { name: RegExp; valued: RegExp; module?: RegExp }[] = [
  { name: /^(?:node|nodejs|bun|electron)$/, valued: /^(?:-r|--require|--import|--loader|-C|--conditions|--env-file)$/ },
  { name: /^deno$/, valued: /^(?:-c|--config|--import-map)$/ },
  { name: /^(?:python|pypy)[\d.]*$/, valued: /^-[WX]$/, module: /^-m$/ },
  { name: /^(?:ruby|jruby|truffleruby)[\d.]*$/, valued: /^-[IrCE]$/ },
  { name: /^perl[\d.]*$/, valued: /^$/ },
  { name: /^php[\d.]*$/, valued: /^-[cdz]$/ },
  {
    name: /^java$/,
    valued: /^(?:-cp|-classpath|--class-path|-p|--module-path|--add-modules)$/,
    module: /^(?:-m|--module)$/,
  },
  { name: /^dotnet$/, valued: /^$/ },
  { name: SHELL, valued: /^-o$/ },
];
/** Options after which code is given as text: then it has no name. */
const INLINE = /^(?:-e|-p|-pe|-c|-[a-z]*c|--eval|--print|-r)$/;
/** First words of `deno run …`, `bun run …`, `dotnet exec …`. */
const VERBS = /^(?:run|exec|test|serve|x)$/;
const MULTI_CALL = new Set(['busybox', 'toybox', 'coreutils', 'uutils']);

export interface Program {
  /** As lists show it. */
  name: string;
  /** What an interpreter runs, as it was given; null for other programs and for code given as text. */
  script: string | null;
  /** Whether it runs code of somebody's project: an interpreter; a shell only with a script. */
  interprets: boolean;
}

/** `executable`: the program file's path; `args`: the command line, the program's own name first. */
export function programOf(executable: string | null, args: readonly string[], comm: string): Program {
  const file = ownName(executable, args[0] ?? null, comm);
  const interpreter = INTERPRETERS.find(({ name }) => name.test(file) || name.test(baseName(executable ?? '')));
  if (interpreter === undefined) return { name: file, script: null, interprets: false };
  const script = scriptIn(args, interpreter, file);
  return {
    name: script === null ? file : nameOfScript(script),
    script,
    interprets: script !== null || !SHELL.test(file),
  };
}

function ownName(executable: string | null, first: string | null, comm: string): string {
  const file = baseName((executable ?? '').replace(/ \(deleted\)$/, ''));
  const called = baseName((first ?? '').replace(/^-/, ''));
  if (file === '') return called || comm || 'unknown';
  // `python3` for python3.11, `wget` for busybox; but not the title that a program gave itself.
  if (called !== '' && /^[\w.+-]+$/.test(called) && (MULTI_CALL.has(file) || file.startsWith(called))) return called;
  return file;
}

function scriptIn(
  args: readonly string[],
  { valued, module }: (typeof INTERPRETERS)[number],
  file: string,
): string | null {
  for (let i = 1; i < args.length; i += 1) {
    const arg = args[i]!;
    if (module?.test(arg)) return args[i + 1] ?? null;
    if (arg === '-jar') return args[i + 1] ?? null;
    if (valued.test(arg)) i += 1;
    else if (INLINE.test(arg)) return null;
    else if (arg.startsWith('-') || arg === '') continue;
    else if (/^(?:deno|bun|dotnet)$/.test(file) && VERBS.test(arg)) continue;
    else return arg;
  }
  return null;
}

/** `app.js`; of a tool that npm installed, the package. */
function nameOfScript(script: string): string {
  const path = script.replaceAll('\\', '/');
  const base = baseName(path);
  const tool = /^(npm|npx|yarn|pnpm|pnpx|corepack)(?:-cli)?\.[cm]?js$/.exec(base);
  if (tool) return tool[1]!;
  const inPackage = /.*\/node_modules\/(?:\.bin\/([^/]+)|((?:@[^/]+\/)?[^/]+))/.exec(path);
  if (inPackage) return inPackage[1] ?? inPackage[2]!;
  // `python -m flask`, `java com.acme.Main`, and the folder of `python app/__main__.py`.
  return base === '__main__.py' ? baseName(path.slice(0, -base.length - 1)) || base : base || path;
}

function baseName(path: string): string {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .pop()!
    .replace(/\.exe$/i, '');
}
