// Every example of docs/mocks.md is a file of mocks that can be used as it stands.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMockText } from '../../../electron/engine/mocks/read-mock-text.ts';

const page = readFileSync(new URL('../../../docs/mocks.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);

test('there are examples', () => expect(examples.length).toBeGreaterThanOrEqual(3));

test.each(examples)('example %#', (text) => {
  expect(readMockText(text)).toHaveProperty('set');
});
