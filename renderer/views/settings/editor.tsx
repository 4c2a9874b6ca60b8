import { useState } from 'react';
import type { ReactNode } from 'react';
import { useConnection } from '../../client/api-context.ts';
import { useEditorTemplate } from '../../data/editor.ts';
import { editorLink, EDITOR_NAMES, EDITORS, templateProblem } from '../../data/editor-link.ts';
import type { EditorName } from '../../data/editor-link.ts';
import { Choice, TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';
import { Row } from './fields.tsx';

const says = words.settings.editor;
const SAMPLE = { file: '/home/ada/shop/src/charge.ts', line: 42, column: 7 };

/** Which editor opens a place in code, by an address of its own or one somebody writes. */
export function Editor(): ReactNode {
  const { shell } = useConnection();
  const [template, setTemplate] = useEditorTemplate();
  const named = EDITOR_NAMES.find((name) => EDITORS[name] === template) ?? null;
  const [own, setOwn] = useState(named === null);
  const [text, setText] = useState(template);
  const choice: EditorName | 'own' = own || named === null ? 'own' : named;
  const problem = own ? templateProblem(text) : null;
  const sample = editorLink(template, SAMPLE);
  return (
    <>
      <Row title={says.which} explains={says.whichSays}>
        <div className="setting-list">
          <Choice
            label={says.which}
            value={choice}
            options={[
              ...EDITOR_NAMES.map((name) => ({ value: name as EditorName | 'own', title: says.names[name] })),
              { value: 'own' as const, title: says.own },
            ]}
            onChange={(next) => {
              setOwn(next === 'own');
              if (next === 'own') setText(template);
              else setTemplate(EDITORS[next]);
            }}
          />
          {choice === 'sublime' && <p className="setting-note">{says.sublimeSays}</p>}
        </div>
      </Row>
      {choice === 'own' && (
        <Row
          title={says.template}
          explains={shell ? says.templateDesktop : says.templateSays}
          id="editor-template"
          problem={problem && says.problem[problem]}
        >
          <TextField
            id="editor-template"
            className="setting-text setting-long mono"
            aria-describedby="editor-template-says"
            value={text}
            problem={problem && says.problem[problem]}
            onChange={(event) => {
              const next = event.target.value.trim();
              setText(next);
              if (templateProblem(next) === null) setTemplate(next);
            }}
          />
        </Row>
      )}
      <Row title={says.sample} explains={says.sampleSays}>
        <code className="setting-sample">{sample}</code>
      </Row>
    </>
  );
}
