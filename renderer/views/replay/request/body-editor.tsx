import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import type { Draft, DraftBody } from '../../../../shared/model/replay.ts';
import { prettyJson } from '../../../../shared/payload/pretty-json.ts';
import { CallBody } from '../../../inspect/body/call-body.tsx';
import { useCall } from '../../../inspect/use-call.ts';
import { Button } from '../../../ui/button.tsx';
import { Switch, TextField } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';
import { BODY_KINDS, languageOfBody, turnDraft, type BodyKind } from './body-kinds.ts';
import { PairList, type Pair, type RowProps } from './pair-list.tsx';

const CodeEditor = lazy(() => import('./code-editor.tsx'));
const say = words.replay.body;

export interface BodyEditorProps {
  draft: Draft;
  problem: string | null;
  focus: number;
  onChange: (change: (draft: Draft) => Draft) => void;
}

/** What is sent as the body, in the form it is easiest to change in. */
export function BodyEditor({ draft, problem, focus, onChange }: BodyEditorProps): ReactNode {
  const { body } = draft;
  const set = (next: DraftBody): void => onChange((before) => ({ ...before, body: next }));
  const kinds = BODY_KINDS.filter((kind) => kind !== 'recorded' || draft.origin !== null);
  return (
    <div className="body-editor">
      <div className="body-editor-bar">
        <label className="body-editor-kind">
          <span>{say.kind}</span>
          <select
            className="text-field"
            value={body.kind}
            onChange={(event) => onChange((before) => turnDraft(before, event.target.value as BodyKind))}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {say.kinds[kind]}
              </option>
            ))}
          </select>
        </label>
        {body.kind === 'text' && languageOfBody(draft, body.text) === 'json' && (
          <Button look="quiet" onClick={() => set({ kind: 'text', text: prettyJson(body.text).text })}>
            {say.layOut}
          </Button>
        )}
      </div>
      {problem !== null && <p className="replay-problem tone-server">{problem}</p>}
      <Suspense fallback={null}>
        <Kind draft={draft} focus={focus} set={set} />
      </Suspense>
    </div>
  );
}

function Kind({ draft, focus, set }: { draft: Draft; focus: number; set: (body: DraftBody) => void }): ReactNode {
  const { body } = draft;
  switch (body.kind) {
    case 'none':
      return <p className="replay-hint dim">{say.noneSays}</p>;
    case 'recorded':
      return <Recorded call={body.call} />;
    case 'text':
      return (
        <CodeEditor
          key={draft.id}
          label={say.text}
          focus={focus}
          text={body.text}
          language={languageOfBody(draft, body.text)}
          onChange={(text) => set({ kind: 'text', text })}
        />
      );
    case 'base64':
      return (
        <CodeEditor
          key={draft.id}
          label={say.base64}
          focus={focus}
          text={body.base64}
          language="plain"
          onChange={(base64) => set({ kind: 'base64', base64: base64.trim() })}
        />
      );
    case 'form':
      return (
        <PairList
          label={say.fields}
          rows={body.fields}
          empty={{ name: '', value: '', off: false }}
          onChange={(fields) => set({ kind: 'form', fields })}
        />
      );
    case 'multipart':
      return <Multipart body={body} set={set} />;
    case 'graphql':
      return (
        <div className="body-editor-halves">
          <CodeEditor
            key={`${draft.id} query`}
            label={say.graphqlQuery}
            focus={focus}
            text={body.query}
            language="graphql"
            onChange={(query) => set({ ...body, query })}
          />
          <h3 className="body-editor-title">{say.graphqlVariables}</h3>
          <CodeEditor
            key={`${draft.id} variables`}
            label={say.graphqlVariables}
            text={body.variables}
            language="json"
            onChange={(variables) => set({ ...body, variables })}
          />
        </div>
      );
    case 'file':
      return (
        <label className="replay-field">
          <span>{say.path}</span>
          <TextField
            className="mono"
            value={body.path}
            placeholder={say.pathHint}
            onChange={(event) => set({ kind: 'file', path: event.target.value })}
          />
        </label>
      );
    case 'protobuf':
      return (
        <div className="body-editor-halves">
          <label className="replay-field">
            <span>{say.protobufType}</span>
            <TextField
              className="mono"
              value={body.type}
              placeholder="shop.v1.Order"
              onChange={(event) => set({ ...body, type: event.target.value })}
            />
          </label>
          <label className="replay-field">
            <span>{say.framed}</span>
            <Switch label={say.framed} on={body.framed} onChange={(framed) => set({ ...body, framed })} />
          </label>
          <h3 className="body-editor-title">{say.protobufSchema}</h3>
          <CodeEditor
            key={`${draft.id} schema`}
            label={say.protobufSchema}
            text={body.schema}
            language="plain"
            onChange={(schema) => set({ ...body, schema })}
          />
          <h3 className="body-editor-title">{say.protobufJson}</h3>
          <CodeEditor
            key={`${draft.id} json`}
            label={say.protobufJson}
            text={body.json}
            language="json"
            onChange={(json) => set({ ...body, json })}
          />
        </div>
      );
  }
}

/** A part as a row: its value is a text, or the path of a file. */
interface PartRow extends Pair {
  fileName: string | null;
  contentType: string | null;
  isFile: boolean;
}

function Multipart({
  body,
  set,
}: {
  body: DraftBody & { kind: 'multipart' };
  set: (body: DraftBody) => void;
}): ReactNode {
  const rows = body.parts.map(({ name, value, file, fileName, contentType }): PartRow => ({
    name,
    value: file ?? value ?? '',
    off: false,
    fileName,
    contentType,
    isFile: file !== null,
  }));
  return (
    <PairList
      label={say.parts}
      rows={rows}
      empty={{ name: '', value: '', off: false, fileName: null, contentType: null, isFile: false }}
      onChange={(next) =>
        set({
          ...body,
          parts: next.map(({ name, value, isFile, fileName, contentType }) => ({
            name,
            value: isFile ? null : value,
            file: isFile ? value : null,
            fileName,
            contentType,
          })),
        })
      }
      More={PartKind}
    />
  );
}

function PartKind({ row, onChange }: RowProps<PartRow>): ReactNode {
  return (
    <select
      className="text-field pair-kind"
      aria-label={say.partKind}
      value={row.isFile ? 'file' : 'text'}
      onChange={(event) => onChange({ ...row, isFile: event.target.value === 'file' })}
    >
      <option value="text">{say.partText}</option>
      <option value="file">{say.partFile}</option>
    </select>
  );
}

function Recorded({ call: id }: { call: number }): ReactNode {
  const { call } = useCall(id);
  return (
    <>
      <p className="replay-hint dim">{say.recordedSays}</p>
      {call && <CallBody call={call} side="request" />}
    </>
  );
}
