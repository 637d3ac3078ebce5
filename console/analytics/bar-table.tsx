import type { ReactNode } from 'react';
import { countText } from '../parts/figures.ts';

export interface BarRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly count: number;
  /** The text of the last column. */
  readonly note?: string;
}

interface BarTableProps {
  readonly caption: string;
  /** Heads of the columns: the name, the count, and the note when there is one. */
  readonly heads: readonly [name: string, count: string, note?: string];
  readonly rows: readonly BarRow[];
  /** Shown when there are no rows. */
  readonly empty: string;
  /** The colour of the bars. */
  readonly tone?: 'accent' | 'tool' | 'caller' | 'bad';
}

/** Shows counts as a table with a bar behind each count. */
export function BarTable({ caption, heads, rows, empty, tone = 'accent' }: BarTableProps) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const [name, count, note] = heads;
  return (
    <section className="figure panel" aria-label={caption}>
      <h2>{caption}</h2>
      {rows.length === 0 ? (
        <p className="quiet">{empty}</p>
      ) : (
        <table className="bar-table" data-tone={tone}>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{name}</th>
              <th scope="col">{count}</th>
              {note !== undefined && <th scope="col">{note}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                <td className="bar-cell">
                  <span
                    className="bar-fill"
                    style={{ width: `${String((row.count / most) * 100)}%` }}
                    aria-hidden="true"
                  />
                  <span className="bar-count">{countText(row.count)}</span>
                </td>
                {note !== undefined && <td className="bar-note label">{row.note}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
