import { readMocks } from '../../../shared/mocks/read-mocks.ts';
import { keysAt } from '../../../shared/mocks/file-schema.ts';
import type { MockSet } from '../../../shared/mocks/mock-set.ts';
import { MOST_PROBLEMS, readYaml } from '../registers/read-yaml.ts';
import type { FileProblem } from '../registers/register.ts';
import { tellIssues, type Tell } from '../registers/tell-issues.ts';

/** The set that a text says, or every mistake in it. Never throws. */
export function readMockText(text: string): { set: MockSet } | { problems: FileProblem[] } {
  const yaml = readYaml(text);
  if ('problems' in yaml) return { problems: yaml.problems.map(placed) };
  const read = readMocks(yaml.value);
  if ('set' in read) return read;
  const problems: FileProblem[] = [];
  const tell: Tell = (path, says, key) => {
    if (problems.length < MOST_PROBLEMS) problems.push(placed({ ...yaml.placeOf(path, key), says }));
  };
  if ('twice' in read)
    for (const { path, id } of read.twice) tell(path, `There is another mock “${id}”. Give this one an id of its own.`);
  else {
    const isThere = (path: readonly PropertyKey[]): boolean => yaml.document.getIn([...path]) !== undefined;
    tellIssues(read.issues, { keysAt, page: 'docs/mocks.md', isThere }, tell);
  }
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function placed({ line, column, says }: FileProblem): FileProblem {
  return { line, column, says };
}
