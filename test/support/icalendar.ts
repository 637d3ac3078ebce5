/** A component of a calendar: its properties in order, each with its unescaped text, and the components within. */
export interface Component {
  readonly name: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly components: readonly Component[];
}

/** RFC 5545, 3.1: octets of a line without its line end. */
const MAX_OCTETS = 75;

/**
 * Reads an iCalendar text as strictly as RFC 5545 is written (3.1, 3.3.11, 3.4, 3.6): anything that it does not allow
 * is thrown. It knows nothing of the program that wrote it. Properties with parameters are not expected.
 */
export function readCalendar(text: string): Component {
  if (!text.endsWith('\r\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -2).split('\r\n');
  for (const line of lines) {
    if (Buffer.byteLength(line) > MAX_OCTETS)
      throw new Error(`a line of ${String(Buffer.byteLength(line))} octets`);
    if (/(?!\t)\p{Cc}|\p{Surrogate}/u.test(line)) throw new Error('a character that no line may have');
    if (!Buffer.from(line).equals(Buffer.from(Buffer.from(line).toString())))
      throw new Error('half a character');
  }
  const unfolded = lines.join('\r\n').replaceAll('\r\n ', '').split('\r\n');
  const [calendar, ...rest] = readComponents(unfolded);
  if (calendar?.name !== 'VCALENDAR' || rest.length > 0) throw new Error('not one calendar');
  if (calendar.components.length === 0) throw new Error('a calendar without a component');
  return calendar;
}

function readComponents(lines: string[]): Component[] {
  const found: Component[] = [];
  while (lines.length > 0) {
    const begin = /^BEGIN:([A-Z]+)$/.exec(lines.shift() ?? '')?.[1];
    const end = begin === undefined ? -1 : lines.indexOf(`END:${begin}`);
    if (begin === undefined || end === -1) throw new Error('a component does not begin, or does not end');
    const inside = lines.splice(0, end);
    lines.shift();
    const nested = inside.findIndex((line) => line.startsWith('BEGIN:'));
    const own = nested === -1 ? inside : inside.slice(0, nested);
    const components = nested === -1 ? [] : readComponents(inside.slice(nested));
    found.push({ name: begin, properties: own.map(readProperty), components });
  }
  return found;
}

function readProperty(line: string): readonly [string, string] {
  const [, name, value] = /^([A-Z][A-Z0-9-]*):(.*)$/su.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error('a line that is no property');
  return [name, unescaped(value)];
}

/** 3.3.11: a backslash stands before itself, a semicolon, a comma and an n; none of the first three stands alone. */
function unescaped(value: string): string {
  const isText = /^(?:[^\\;,]|\\[\\;,nN])*$/su.test(value);
  if (!isText) throw new Error('a value that is not escaped');
  return value.replaceAll(/\\(.)/gsu, (_, character: string) =>
    character === 'n' || character === 'N' ? '\n' : character,
  );
}
