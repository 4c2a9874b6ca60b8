import { expect, it } from 'vitest';
import { offerAt, spotAt } from '../../../renderer/views/policies/editor/complete.ts';

const FILE = `zone: Europe/Vienna
policies:
  - id: a
    kind: limit
    match: { vendor: op@1, app: [billing, ni@2] }
    settings:
      algorithm: to@3
      li@4
      per:
        - ap@5
  - id: b
    kind: access
    mo@6
    match:
      host:
        - exa@7
    settings: { action: allow, de@8 }
exceptions:
  - po@9
ot@0
`;

/** The text without its marks, and where the mark stood. */
function marked(mark: number): [text: string, offset: number] {
  const offset = FILE.slice(0, FILE.indexOf(`@${mark}`)).replaceAll(/@\d/g, '').length;
  return [FILE.replaceAll(/@\d/g, ''), offset];
}
const keysAt = (mark: number): string[] => offerAt(...marked(mark)).keys.map(({ key }) => key);

it('knows where in the file somebody writes', () => {
  expect(spotAt(...marked(1))).toMatchObject({ path: ['policies', 'match'], key: 'vendor', typed: 'op' });
  expect(spotAt(...marked(2))).toMatchObject({ path: ['policies', 'match'], key: 'app', typed: 'ni' });
  expect(spotAt(...marked(3))).toMatchObject({ path: ['policies', 'settings'], key: 'algorithm', typed: 'to' });
  expect(spotAt(...marked(7))).toMatchObject({ path: ['policies', 'match', 'host'], key: null, typed: 'exa' });
});

it('offers what can stand there: keys by their place and kind, values by their key, what was seen', () => {
  expect(offerAt(...marked(1)).seen).toBe('vendor');
  expect(offerAt(...marked(2)).seen).toBe('app');
  expect(offerAt(...marked(3)).values).toContain('token-bucket');
  expect(keysAt(4)).toContain('limit');
  expect(keysAt(4)).not.toContain('destinations');
  expect(offerAt(...marked(5)).values).toContain('app');
  expect(keysAt(6)).toContain('mode');
  expect(offerAt(...marked(7)).seen).toBe('host');
  expect(keysAt(8)).toContain('destinations');
  expect(keysAt(9)).toContain('policy');
  expect(keysAt(0)).toContain('otherwise');
});
