/** Editors that open a file by an address, and the address each of them takes. */
export const EDITORS = {
  vscode: 'vscode://file{path}:{line}:{column}',
  cursor: 'cursor://file{path}:{line}:{column}',
  jetbrains: 'idea://open?file={path}&line={line}&column={column}',
  zed: 'zed://file{path}:{line}:{column}',
  sublime: 'subl://open?url=file://{path}&line={line}&column={column}',
} as const;
export type EditorName = keyof typeof EDITORS;
export const EDITOR_NAMES = Object.keys(EDITORS) as EditorName[];

/** Schemes that would run something in the page, or show a file in it instead of opening an editor. */
const NEVER = new Set(['javascript', 'data', 'blob', 'file', 'vbscript', 'about', 'view-source']);

/** Why a template is none; null when it can be used. */
export function templateProblem(template: string): 'scheme' | 'never' | 'path' | null {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):./i.exec(template) ?? [];
  if (scheme === undefined) return 'scheme';
  if (NEVER.has(scheme.toLowerCase())) return 'never';
  return template.includes('{path}') ? null : 'path';
}

/** The address that opens a place of code; null when the template cannot be used. */
export function editorLink(
  template: string,
  { file, line, column }: { file: string; line: number; column: number },
): string | null {
  if (templateProblem(template) !== null) return null;
  const slashes = file.replaceAll('\\', '/');
  const path = (slashes.startsWith('/') ? slashes : `/${slashes}`)
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':').replaceAll('%40', '@'))
    .join('/');
  return template.replaceAll('{path}', path).replaceAll('{line}', String(line)).replaceAll('{column}', String(column));
}
