import { EDITORS, templateProblem } from './editor-link.ts';
import { usePreference } from './preferences.ts';

const isTemplate = (value: unknown): value is string => typeof value === 'string' && templateProblem(value) === null;

/** The address template by which places of code are opened, and how to change it. */
export function useEditorTemplate(): [string, (template: string) => void] {
  return usePreference('editor.template', EDITORS.vscode, isTemplate);
}
