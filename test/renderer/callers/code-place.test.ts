import { expect, test } from 'vitest';
import { readCallsite, shortPath } from '../../../renderer/callers/code-place.ts';
import { EDITORS, editorLink, templateProblem } from '../../../renderer/data/editor-link.ts';

test('a call site is a file and a line, whatever the file is called', () => {
  expect(readCallsite('/home/ada/shop/src/charge.ts:42')).toEqual({
    file: '/home/ada/shop/src/charge.ts',
    line: 42,
    column: 1,
  });
  expect(readCallsite('C:\\shop\\charge.ts:7')).toEqual({ file: 'C:\\shop\\charge.ts', line: 7, column: 1 });
  expect(readCallsite('/a:12/b.ts:3')?.file).toBe('/a:12/b.ts');
  expect(readCallsite('nowhere')).toBeNull();
});

test('a path is said from its project on, else by its last two parts', () => {
  expect(shortPath('/home/ada/shop/src/a/charge.ts', '/home/ada/shop')).toBe('src/a/charge.ts');
  expect(shortPath('/home/ada/shop/src/a/charge.ts', '/home/ada/sho')).toBe('a/charge.ts');
  expect(shortPath('C:\\shop\\src\\charge.ts', 'C:\\shop\\')).toBe('src/charge.ts');
  expect(shortPath('/charge.ts')).toBe('charge.ts');
});

test('each editor is given the file, line and column its own way', () => {
  const place = { file: '/home/ada/my shop/a#b?.ts', line: 42, column: 7 };
  expect(editorLink(EDITORS.vscode, place)).toBe('vscode://file/home/ada/my%20shop/a%23b%3F.ts:42:7');
  expect(editorLink(EDITORS.jetbrains, place)).toBe(
    'idea://open?file=/home/ada/my%20shop/a%23b%3F.ts&line=42&column=7',
  );
  expect(editorLink(EDITORS.vscode, { file: 'C:\\shop\\x.ts', line: 1, column: 1 })).toBe(
    'vscode://file/C:/shop/x.ts:1:1',
  );
  expect(editorLink('https://code.example/x?f={path}#L{line}', place)).toContain('#L42');
});

test('no address runs something in the page, whatever somebody writes', () => {
  for (const scheme of ['javascript', 'JavaScript', 'data', 'blob', 'file', 'vbscript']) {
    expect(templateProblem(`${scheme}:{path}`)).toBe('never');
    expect(editorLink(`${scheme}:{path}`, { file: '/x', line: 1, column: 1 })).toBeNull();
  }
  expect(templateProblem('{path}')).toBe('scheme');
  expect(templateProblem('vscode://file')).toBe('path');
  // A file's name cannot leave the path: it is data.
  const odd = editorLink(EDITORS.jetbrains, { file: '/x&line=9&y={line}', line: 1, column: 1 });
  expect(odd).toBe('idea://open?file=/x%26line%3D9%26y%3D%7Bline%7D&line=1&column=1');
});
