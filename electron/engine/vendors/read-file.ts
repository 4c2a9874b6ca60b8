import { MOST_PROBLEMS, readYaml } from '../registers/read-yaml.ts';
import type { FileProblem, Read } from '../registers/register.ts';
import { tellIssues, type Tell } from '../registers/tell-issues.ts';
import { emptyVendor } from './declared.ts';
import type { Declared, DeclaredVendor } from './declared.ts';
import { fileSchema, keysAt } from './file-schema.ts';
import type { VendorsFile } from './file-schema.ts';
import { hasVariable } from './names.ts';

/** What the text of `vendors.yaml` says, or every mistake in it. Never throws. */
export function readVendorsText(text: string): Read<Declared, FileProblem> {
  const yaml = readYaml(text);
  if ('problems' in yaml) return { problems: yaml.problems.map(placed) };
  const problems: FileProblem[] = [];
  const tell: Tell = (path, says, key) => {
    if (problems.length < MOST_PROBLEMS) problems.push(placed({ ...yaml.placeOf(path, key), says }));
  };
  const read = fileSchema.safeParse(yaml.value);
  if (!read.success) {
    const isThere = (path: readonly PropertyKey[]): boolean => yaml.document.getIn([...path]) !== undefined;
    tellIssues(read.error.issues, { keysAt, page: 'docs/vendors.md', isThere }, tell);
    return { problems: inOrder(problems) };
  }
  const declared = declaredOf(read.data);
  checkHosts(declared, tell);
  checkTemplates(declared, tell);
  return problems.length > 0 ? { problems: inOrder(problems) } : { value: declared };
}

function placed({ line, column, says }: FileProblem): FileProblem {
  return { line, column, says };
}

/** A host is one vendor’s. */
function checkHosts({ vendors }: Declared, tell: Tell): void {
  const owners = new Map<string, string>();
  for (const { id, hosts } of vendors)
    for (const [index, host] of hosts.entries()) {
      const owner = owners.get(host);
      if (owner !== undefined && owner !== id)
        tell(['vendors', id, 'hosts', index], `“${host}” is listed under “${owner}”, too. Leave it at one of them.`);
      owners.set(host, id);
    }
}

function checkTemplates({ endpoints }: Declared, tell: Tell): void {
  for (const { host, merge, keep } of endpoints)
    for (const [index, template] of merge.entries()) {
      if (!hasVariable(template))
        tell(
          ['endpoints', host, 'merge', index],
          `“${template}” says of nothing that it varies. Write {name} where it does, or move it to “keep”.`,
        );
      else if (keep.includes(template))
        tell(['endpoints', host, 'merge', index], `“${template}” is under “keep”, too. Leave it at one of them.`);
    }
}

function declaredOf({ vendors, endpoints }: VendorsFile): Declared {
  return {
    vendors: Object.entries(vendors ?? {}).map(([id, said]): DeclaredVendor => {
      const vendor = emptyVendor(id);
      for (const [key, value] of Object.entries(said ?? {}))
        if (value !== null && value !== undefined) Object.assign(vendor, { [key]: value });
      return vendor;
    }),
    endpoints: Object.entries(endpoints ?? {}).map(([host, said]) => ({
      host,
      merge: said?.merge ?? [],
      keep: said?.keep ?? [],
    })),
  };
}

function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
