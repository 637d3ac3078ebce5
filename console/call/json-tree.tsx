import { maskedJson } from '../../src/protocol/word-mask.ts';
import './json-tree.css';

interface JsonTreeProps {
  /** JSON text; any other text is shown as it is. */
  readonly text: string;
  readonly isRevealed: boolean;
}

/** Shows JSON for reading: names beside their values, similar objects as a table. Text that is no JSON is shown as it is. */
export function JsonTree({ text, isRevealed }: JsonTreeProps) {
  const shown = isRevealed ? text : maskedJson(text);
  const read = parsed(shown);
  return (
    <div className="json-tree">
      {read === undefined ? <Plain value={shown} /> : <Value value={read.value} />}
    </div>
  );
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown) => typeof value !== 'object' || value === null;

function Value({ value }: { readonly value: unknown }) {
  if (Array.isArray(value)) return <List items={value} />;
  return isFields(value) ? <Names fields={value} /> : <Plain value={value} />;
}

function Plain({ value }: { readonly value: unknown }) {
  if (value === '' || value === null || value === undefined) return <span className="quiet">nothing</span>;
  return <span dir="auto">{typeof value === 'string' ? value : JSON.stringify(value)}</span>;
}

function Names({ fields }: { readonly fields: Fields }) {
  const entries = Object.entries(fields);
  if (entries.length === 0) return <span className="quiet">nothing</span>;
  return (
    <dl>
      {entries.map(([name, value]) => (
        <div key={name} data-deep={isPlain(value) ? undefined : ''}>
          <dt>{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Shows objects of the same few plain fields as the rows of a table, and anything else as a list. */
function List({ items }: { readonly items: readonly unknown[] }) {
  if (items.length === 0) return <span className="quiet">none</span>;
  const rows = items.filter(isFields);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isTable =
    rows.length === items.length &&
    rows.every((row) => Object.values(row).every(isPlain)) &&
    names.length > 0;
  if (!isTable) {
    return (
      <ul>
        {items.map((item, at) => (
          <li key={at}>
            <Value value={item} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table>
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {names.map((name) => (
              <td key={name}>
                <Plain value={row[name]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
