// docs/policies.md promises: every file in it can be used as it stands and does what its tests say; its mistake is told in
// its words; every kind, key and command in it is one.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../../electron/cli/program.ts';
import { readPolicyText } from '../../../electron/engine/govern/register/read-policies.ts';
import { runFileTests } from '../../../electron/engine/govern/register/run-file-tests.ts';
import { MATCH_FIELDS } from '../../../shared/model/policy.ts';
import { KINDS } from '../../../shared/policies/kinds.ts';
import { policySchema, topSchema } from '../../../shared/policies/file/file-schema.ts';

const page = readFileSync(new URL('../../../docs/policies.md', import.meta.url), 'utf8');
const fenced = [...page.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! }));
const blocks = (wanted: string): string[] => fenced.flatMap(({ kind, text }) => (kind === wanted ? [text] : []));

describe('every file in it', () => {
  const files = blocks('yaml').map((text) => [/id: (\S+)/.exec(text)?.[1] ?? '', text] as const);

  test.each(files)('with “%s” is in order, and does what its tests say', (_, text) => {
    const read = readPolicyText(text);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems, null, 2));
    expect(read.value.warnings).toEqual([]);
    const tests = runFileTests(read.value);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('there is one of every kind', () => {
    const kinds = new Set(
      files.flatMap(([, text]) => {
        const read = readPolicyText(text);
        return 'value' in read ? read.value.policies.map(({ kind }) => kind) : [];
      }),
    );
    expect([...kinds].toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });
});

test('it has every key of the file, of a policy, of a match and of each kind’s settings', () => {
  const keysOf = (schema: z.ZodType): string[] => {
    const found = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object };
    return Object.keys(found.properties ?? {});
  };
  const keys = [
    ...keysOf(topSchema).filter((key) => key !== 'version'),
    ...keysOf(policySchema).filter((key) => key !== 'on-fault'),
    ...MATCH_FIELDS,
    ...Object.values(KINDS).flatMap((kind) => (kind ? keysOf(kind.settings) : [])),
  ];
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});

test('the mistake in it is told in the words it says', () => {
  const [text = ''] = blocks('yaml invalid');
  const read = readPolicyText(text);
  const said =
    'problems' in read
      ? read.problems.map(
          ({ line, column, severity, says }) => `> policies.yaml:${line}:${column}: ${severity}: ${says}`,
        )
      : [];
  expect(said).toHaveLength(1);
  expect(page).toContain(said[0]!);
});

test('every command in it is one', () => {
  const lines = blocks('').flatMap((text) => text.split('\n').filter((line) => line.startsWith('$ sallyport ')));
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const words = [...line.slice('$ sallyport '.length).matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain!,
    );
    const policy = createProgram().commands.find((command) => command.name() === words[0])!;
    const command = policy.commands.find((one) => one.name() === words[1]);
    if (!command) throw new Error(`there is no ${line}`);
    const { unknown, operands } = command.parseOptions(words.slice(2));
    expect([line, unknown]).toEqual([line, []]);
    expect(operands.length).toBeLessThanOrEqual(command.registeredArguments.length);
  }
});
