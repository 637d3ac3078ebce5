/** One TwiML verb or noun. */
export interface TwimlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TwimlElement[];
  /** Its own text, without that of its children, trimmed. */
  readonly text: string;
}

interface OpenElement {
  name: string;
  attributes: Record<string, string>;
  children: OpenElement[];
  text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y;
const ATTRIBUTE = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a TwiML document: the subset of XML that TwiML is.
 *
 * Answers its verbs in order, or what is wrong with it, in words; the carrier
 * reports that as 12100 and fails the call.
 */
export function readTwiml(xml: string): { verbs: readonly TwimlElement[] } | { problem: string } {
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const problem = readInto(xml.trim(), open);
  if (problem !== undefined) return { problem };
  if (open.length > 1) return { problem: `<${open.at(-1)?.name ?? ''}> is not closed` };
  const [response, ...others] = root.children;
  if (response?.name !== 'Response' || others.length > 0)
    return { problem: 'the root is not one <Response>' };
  return { verbs: response.children };
}

/** Reads into the innermost of the open elements; answers what stopped it. */
function readInto(xml: string, open: OpenElement[]): string | undefined {
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    const parent = open.at(-1);
    if (token === null || parent === undefined) return `not XML at character ${String(at)}`;
    const [text, slash, name, attributes = '', selfClosing] = token;
    if (name === undefined) {
      if (!text.startsWith('<')) parent.text = (parent.text + decode(text)).trim();
    } else if (slash === '/') {
      if (open.length < 2 || parent.name !== name) return `</${name}> closes nothing`;
      open.pop();
    } else {
      const element: OpenElement = { name, attributes: readAttributes(attributes), children: [], text: '' };
      parent.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  return undefined;
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
      name,
      decode(double ?? single ?? ''),
    ]),
  );
}

function decode(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? whole;
  });
}
