import type { Change } from './changes.ts';
import type { JsonValue } from './json.ts';

interface ChangeTableProps {
  readonly changes: readonly Change[];
  /** Headings of the two columns. */
  readonly before: string;
  readonly after: string;
}

/** Shows where two versions differ, side by side. */
export function ChangeTable({ changes, before, after }: ChangeTableProps) {
  if (changes.length === 0) return <p className="quiet">There is no difference.</p>;
  return (
    <table className="changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before: old, after: next }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path === '' ? 'profile' : path}</code>
            </th>
            <td>
              <Value value={old} tone="old" />
            </td>
            <td>
              <Value value={next} tone="new" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value, tone }: { readonly value: JsonValue | undefined; readonly tone: 'old' | 'new' }) {
  if (value === undefined) return <span className="quiet">not written</span>;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return (
    <span className="change-value" data-tone={tone}>
      {text === '' ? <span className="quiet">empty</span> : text}
    </span>
  );
}
