import { describe, expect, it } from 'vitest';
import { authorityCommand, findWays, listWays } from '../../renderer/views/capture/ways.ts';
import { capture } from '../../renderer/words/capture.ts';
import type { AttachTarget } from '../../shared/contract/capture.ts';

const target = (id: string, kind: AttachTarget['kind'], text = ''): AttachTarget => ({
  id,
  kind,
  title: id,
  says: '',
  available: true,
  why: null,
  lines: [{ does: 'x', text }],
  on: null,
});

describe('the ways to capture', () => {
  const ways = listWays(
    [
      { ...target('go', 'snippet'), available: false },
      target('python', 'snippet'),
      target('node', 'snippet'),
      target('run', 'command'),
    ],
    capture,
  );

  it('begin with the simplest that works here and end with what they all rest on', () => {
    expect(ways.map(({ id }) => id)).toEqual(['run', 'python', 'node', 'go', 'anything', 'authority']);
  });

  it('are found by what people call them, not only by their names', () => {
    const found = (typed: string): string[] => findWays(ways, typed, capture.tags).map(({ id }) => id);
    expect(found('requests')).toEqual(['python']);
    expect(found('FETCH  js')).toEqual(['node']);
    expect(found('certificate')).toEqual(['authority']);
    expect(found('no such thing')).toEqual([]);
  });

  it('name the authority’s command for the same data folder as the program’s', () => {
    const command = (text: string): string => authorityCommand([target('run', 'command', text)], 'install');
    expect(command('npx sallyport run -- npm test')).toBe('npx sallyport ca install');
    expect(command("sallyport run --data '/a b/c' -- npm test")).toBe("sallyport ca install --data '/a b/c'");
    expect(command('node /x/build/launch.mjs run --data /d -- npm test')).toBe(
      'node /x/build/launch.mjs ca install --data /d',
    );
    expect(authorityCommand([], 'uninstall')).toBe('npx sallyport ca uninstall');
  });
});
