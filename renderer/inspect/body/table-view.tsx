import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { Windowed } from '../windowed.tsx';
import type { BodyReader } from './body-reader.ts';
import type { Shown } from './protocol.ts';
import { useWindow } from './use-window.ts';

const ROW = 24;

/** A table: the first line as its head. */
export function TableView({ reader, shown }: { reader: BodyReader; shown: Shown & { kind: 'table' } }): ReactNode {
  const rows = useWindow((from, count) => reader.ask('cells', { from, count }));
  const columns = Array.from({ length: shown.columns }, (_, column) => column);
  const template = { gridTemplateColumns: `5ch repeat(${shown.columns}, minmax(90px, 1fr))` };
  return (
    <div className="table-view">
      <Windowed
        rows={shown.rows + 1}
        rowHeight={ROW}
        label={words.inspect.viewer.table}
        role="table"
        className="table-rows"
        overlay={
          <div
            className="table-row table-head table-sticky"
            aria-hidden
            style={{ ...template, height: ROW, marginBottom: -ROW }}
          >
            <span />
            {columns.map((column) => (
              <span key={column} className="ellipsis">
                {shown.head[column] ?? ''}
              </span>
            ))}
          </div>
        }
        draw={(from, count) =>
          Array.from({ length: count }, (_, index) => {
            const row = from + index;
            const held = row === 0 ? null : rows.block(row - 1);
            const cells = row === 0 ? shown.head : (held?.block.rows[held.at] ?? []);
            return (
              <div
                key={row}
                role="row"
                aria-rowindex={row + 1}
                className={row === 0 ? 'table-row table-head' : 'table-row'}
                style={{ ...template, height: ROW }}
              >
                <span role="cell" className="unit numeric">
                  {row === 0 ? '' : row}
                </span>
                {columns.map((column) => {
                  const cell = cells[column] ?? '';
                  return (
                    <span
                      key={column}
                      role={row === 0 ? 'columnheader' : 'cell'}
                      title={cell.length > 16 ? cell : undefined}
                      className={/^-?[\d.,]+$/.test(cell) ? 'ellipsis numeric' : 'ellipsis'}
                    >
                      {cell}
                    </span>
                  );
                })}
              </div>
            );
          })
        }
      />
    </div>
  );
}
