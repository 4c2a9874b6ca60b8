import type { MouseEvent, ReactNode } from 'react';
import { useConnection } from '../client/api-context.ts';
import { useEditorTemplate } from '../data/editor.ts';
import { editorLink } from '../data/editor-link.ts';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import type { CodePlace } from './code-place.ts';
import './code-link.css';

const says = words.callers;

/** A path with its line; where there is no room the path is cut, never the line. */
export function PlaceName({ path, line }: { path: string; line: number }): ReactNode {
  return (
    <span className="place-name">
      <span className="ellipsis">{path}</span>
      <span>:{line}</span>
    </span>
  );
}

/** A place in code that opens in the editor of the settings. The desktop's shell opens what it knows to be an editor. */
export function CodeLink({ place, children }: { place: CodePlace; children: ReactNode }): ReactNode {
  const { shell } = useConnection();
  const [template] = useEditorTemplate();
  const href = editorLink(template, place);
  const whole = `${place.file}:${place.line}${place.column > 1 ? `:${place.column}` : ''}`;
  if (href === null) return <span className="code-link-off">{children}</span>;
  function open(event: MouseEvent): void {
    if (!shell || href === null) return; // a browser hands the address to the system by itself
    event.preventDefault();
    void shell.openOutside(href).then((opened) => {
      if (!opened) toast(says.editorRefused, { says: says.editorRefusedSays });
    });
  }
  return (
    <a className="code-link" href={href} title={says.openInEditor(whole)} onClick={open}>
      {children}
    </a>
  );
}
