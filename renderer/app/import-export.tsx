import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { DesktopBridge } from '../../shared/desktop/bridge.ts';
import { useApi, useConnection } from '../client/api-context.ts';
import { useActions } from '../data/actions.ts';
import { importFile } from '../data/jobs.ts';
import { useParam } from '../data/location.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, Switch, TextField } from '../ui/fields.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';

const says = words.jobs;

/** Files in and out: a HAR file dropped anywhere, or chosen, is imported; `Export calls…` asks what and how. */
export function ImportExport(): ReactNode {
  const [exporting, setExporting] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const { shell } = useConnection();
  // The menu's choice is no click in the page, which a browser's own dialog asks for.
  const choose = (): void => (shell ? importChosen(shell) : chooser.current?.click());
  const over = useDrop(importAll);
  useActions(words.frame.keysEverywhere, [
    { id: 'calls.export', title: says.exportAction, keys: ['mod+shift+e'], run: () => setExporting(true) },
    { id: 'calls.import', title: says.importAction, keys: ['mod+shift+i'], run: choose },
  ]);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        accept=".har,.json,.gz,application/json"
        onChange={(event) => {
          importAll([...(event.target.files ?? [])]);
          event.target.value = ''; // the same file can be chosen again
        }}
      />
      {exporting && <ExportDialog onClose={() => setExporting(false)} />}
      {over && (
        <div className="drop" role="status">
          <div className="drop-text">
            <strong>{says.drop}</strong>
            <p className="dim">{says.dropSays}</p>
          </div>
        </div>
      )}
    </>
  );
}

/** The system's dialog, and the file read by the shell. */
function importChosen(shell: DesktopBridge): void {
  shell
    .sendFile({
      path: '/api/import',
      title: says.importTitle,
      extensions: ['har', 'json', 'gz'],
      type: 'application/json',
    })
    .catch((error: Error) => toast(says.failed.import, { says: error.message }));
}

/** One after the other: what came first has the lower numbers. A job that began tells by itself how it went. */
function importAll(files: readonly File[]): void {
  void files.reduce(
    (before, file) =>
      before.then(() =>
        importFile(file).then(
          () => {},
          (error: Error) => toast(says.failed.import, { says: `${file.name}: ${error.message}` }),
        ),
      ),
    Promise.resolve(),
  );
}

/** Whether files are held over the window; tells of those let go. */
function useDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const dropped = useEffectEvent(onFiles);
  useEffect(() => {
    let depth = 0; // entering a child comes before leaving its parent
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const onEnter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault(); // or the browser would open it in place of the workspace
      dropped([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return over;
}

function ExportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const api = useApi();
  const [query, setQuery] = useState(useParam('filter'));
  const [format, setFormat] = useState<'har' | 'ndjson'>('har');
  const [bodies, setBodies] = useState(true);
  const start = useMutation({
    mutationFn: () => api.jobs.exportCalls({ ...(query.trim() !== '' && { query: query.trim() }), format, bodies }),
    onSuccess: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={says.exportTitle}>
      <form
        className="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <label>
          {says.exportFilter}
          <TextField
            autoFocus
            className="mono"
            value={query}
            placeholder={says.exportFilterHint}
            problem={start.error?.message ?? null}
            onChange={(event) => {
              setQuery(event.target.value);
              start.reset();
            }}
          />
          {start.error && (
            <p className="export-problem" role="alert">
              {start.error.message}
            </p>
          )}
        </label>
        <div className="export-line">
          {says.exportFormat}
          <span>
            <Choice
              label={says.exportFormat}
              value={format}
              options={[
                { value: 'har', title: says.formats.har },
                { value: 'ndjson', title: says.formats.ndjson },
              ]}
              onChange={setFormat}
            />
          </span>
          <p className="dim">{says.formatSays[format]}</p>
        </div>
        <div className="export-line">
          {says.exportBodies}
          <Switch label={says.exportBodies} on={bodies} onChange={setBodies} />
          <p className="dim">{says.exportBodiesSays}</p>
        </div>
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.general.cancel}</Button>
          <Button look="primary" type="submit" disabled={start.isPending}>
            {says.exportStart}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
