import { basename } from 'node:path';
import type { ProcessIdentity } from '../../../../shared/model/caller.ts';

/**
 * What a process is called among apps when nobody named it; the same from run to run. A program that runs a project's
 * code, or was built in its folder, is the project; others are themselves: curl is curl wherever it is called.
 */
export function recogniseApp(process: ProcessIdentity, interprets: boolean): string {
  const { project, executable, name } = process;
  if (project !== null && (interprets || isBuiltIn(executable, project.folder))) return project.name;
  return name;
}

function isBuiltIn(executable: string | null, folder: string): boolean {
  if (executable === null) return false;
  // `go run` and `go test` build into a folder of their own.
  if (/[/\\]go-build\d*[/\\]/.test(executable)) return true;
  return (
    executable.startsWith(`${folder}/`) && !/\/(?:node_modules|\.venv|venv)\//.test(executable.slice(folder.length))
  );
}

/** A folder to look for the project from, nearest to the code first. */
export function projectFolders(folder: string | null, script: string | null): string[] {
  const places: string[] = [];
  // A tool's own code says nothing of whose work it does.
  if (script !== null && /[/\\]/.test(script) && !/node_modules|site-packages|dist-packages|^\/usr\//.test(script)) {
    if (script.startsWith('/')) places.push(script.slice(0, -basename(script).length - 1) || '/');
    else if (folder !== null) places.push(`${folder}/${script}`.slice(0, -basename(script).length - 1));
  }
  if (folder !== null) places.push(folder);
  return places;
}
