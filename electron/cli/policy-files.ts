import { resolve } from 'node:path';
import { countOf } from '../../shared/format/quantities.ts';
import { editorSchema } from '../engine/govern/register/editor-schema.ts';
import { checkPolicyText, readPolicyText } from '../engine/govern/register/read-policies.ts';
import { runFileTests } from '../engine/govern/register/run-file-tests.ts';
import { beginPolicies } from '../engine/govern/register/starter.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { EXIT, Fault } from './fault.ts';
import type { FileOptions, PolicyOptions } from './policy.ts';
import { ownPolicyFile, readPolicyFile } from './read-policy-file.ts';
import { harmless, note, paint, write } from './terminal.ts';

interface Problem {
  line: number;
  column: number;
  severity: 'error' | 'warning';
  says: string;
}

/** `sallyport policy check` */
export async function checkFile(file: string | undefined, options: FileOptions): Promise<void> {
  const { name, text } = await readPolicyFile(file, options.data);
  const { problems, policies } = checkPolicyText(text);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (options.format === 'json') await write(`${JSON.stringify({ file: name, problems }, null, 2)}\n`);
  else {
    await write(problemLines(name, problems));
    const found = `${countOf(policies.length, 'policy', 'policies')}, ${countOf(problems.length - errors, 'warning')}`;
    if (errors === 0) note(`${name} is in order: ${found}.`);
  }
  if (errors > 0) throw new Fault(`${name} has ${countOf(errors, 'mistake')}.`, EXIT.failed);
}

/** Mistakes as compilers print them, so that editors and CI find the place. */
export function problemLines(name: string, problems: readonly Problem[]): string {
  return problems
    .map(({ line, column, severity, says }) => harmless(`${name}:${line}:${column}: ${severity}: ${says}`))
    .map((line) => `${line}\n`)
    .join('');
}

/** `sallyport policy test` */
export async function testFile(file: string | undefined, options: FileOptions): Promise<void> {
  const { name, text } = await readPolicyFile(file, options.data);
  const read = readPolicyText(text);
  if ('problems' in read) {
    await write(problemLines(name, read.problems));
    throw new Fault(`${name} is not in order, so nothing could be tried.`, EXIT.failed);
  }
  const tests = runFileTests(read.value);
  const failed = tests.filter(({ passed }) => !passed).length;
  if (options.format === 'json') await write(`${JSON.stringify({ file: name, tests }, null, 2)}\n`);
  else
    for (const { passed, name: title, line, expected, got, sentence } of tests) {
      const mark = passed ? paint('green', 'ok  ') : paint('red', 'FAIL');
      await write(`${mark} ${harmless(title)}\n`);
      if (passed) continue;
      const why = sentence === null ? '' : ` ${sentence}`;
      await write(harmless(`     ${name}:${line}: expected ${expected}, got ${got}.${why}`) + '\n');
    }
  if (tests.length === 0) note(`${name} has no tests; write some under “tests:”, as docs/policies.md shows.`);
  else if (failed === 0) note(`${countOf(tests.length, 'test')} passed.`);
  else throw new Fault(`${failed} of ${countOf(tests.length, 'test')} failed.`, EXIT.failed);
}

/** `sallyport policy schema` */
export async function printSchema(): Promise<void> {
  await write(editorSchema());
}

/** `sallyport policy init` */
export async function initPolicies(file: string | undefined, options: PolicyOptions): Promise<void> {
  const path = file === undefined ? await ownPolicyFile(options.data) : resolve(file);
  try {
    if (!beginPolicies(path, dataFolder(options.data)))
      throw new Fault(`${path} is there already, and was left as it is.`, EXIT.failed);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`${path} cannot be written: ${(error as Error).message}`, EXIT.failed);
  }
  await write(`${path}\n`);
  note('Everything in it is commented out: it says nothing until you do.');
}
