/** Where one policy stands in the text of a policy file. Offsets of characters, lines from 1. */
export interface PolicyItem {
  id: string;
  /** Of the line that begins with its `-`. */
  from: number;
  /** Behind its last line that is no comment and not empty. */
  to: number;
  line: number;
  endLine: number;
}

const ID = /(?:^|[\s{,])["']?id["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,#}]+))/;

/**
 * The policies of a file, by its lines alone: quick enough for every key that is pressed, and it holds while what is
 * written is not yet YAML. A file whose list stands in one line (`policies: [ … ]`) has none here.
 */
export function findItems(text: string): PolicyItem[] {
  const items: PolicyItem[] = [];
  let indent = -1;
  let within = false;
  let open: PolicyItem | null = null;
  let at = 0;
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    const from = at;
    at += line.length + 1;
    const lead = line.search(/\S/);
    if (!within) {
      within = /^["']?policies["']?\s*:\s*(#.*)?$/.test(line);
      continue;
    }
    if (lead === -1) continue;
    const comment = line[lead] === '#';
    const begins = line[lead] === '-' && (line[lead + 1] === undefined || line[lead + 1] === ' ');
    if (!comment && begins && (indent === -1 || lead === indent)) {
      indent = lead;
      open = { id: '', from, to: from + line.trimEnd().length, line: number, endLine: number };
      items.push(open);
    } else if (comment ? lead > indent && indent !== -1 : lead > indent) {
      if (open) {
        open.to = from + line.trimEnd().length;
        open.endLine = number;
      }
    } else if (!comment) {
      within = false;
    }
  }
  for (const item of items) {
    const [, double, single, plain] = ID.exec(text.slice(item.from, item.to).replace(/^(\s*)-/, '$1 ')) ?? [];
    item.id = double ?? single ?? plain ?? '';
  }
  return items;
}

export function itemNamed(text: string, id: string): PolicyItem | null {
  return findItems(text).find((item) => item.id === id) ?? null;
}

/** The policy that a place in the text belongs to; null between them. */
export function itemAt(items: readonly PolicyItem[], offset: number): PolicyItem | null {
  return items.find(({ from, to }) => offset >= from && offset <= to) ?? null;
}

/** The file with one more policy (as lines beginning with `- id:`) at the end of its list. */
export function appendItem(text: string, item: string): { text: string; from: number } {
  const items = findItems(text);
  const last = items.at(-1);
  if (last) {
    const indent = /^\s*/.exec(text.slice(last.from))?.[0] ?? '';
    const lines = indented(item, indent);
    const before = `${text.slice(0, last.to)}\n\n`;
    return { text: `${before}${lines}${text.slice(last.to)}`, from: before.length };
  }
  const key = /^["']?policies["']?[ \t]*:[ \t]*(?:\[\s*\])?[ \t]*(#.*)?$/m.exec(text);
  if (key) {
    const [, note = ''] = key;
    const head = `${text.slice(0, key.index)}policies:${note === '' ? '' : ` ${note}`}\n`;
    return { text: `${head}${indented(item, '  ')}${text.slice(key.index + key[0].length)}`, from: head.length };
  }
  const head = `${text === '' || text.endsWith('\n') ? text : `${text}\n`}policies:\n`;
  return { text: `${head}${indented(item, '  ')}\n`, from: head.length };
}

function indented(item: string, by: string): string {
  return item
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `${by}${line}`))
    .join('\n');
}
