/** One element of a parsed document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the part of XML 1.0 that TwiML uses, and refuses everything that is not
 * well-formed: a bare `&` or `<`, a tag left open, a character XML cannot hold.
 */
export function parseXml(text: string): XmlElement {
  const forbidden = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u.exec(text);
  if (forbidden !== null) throw new Error(`a character that XML cannot hold at ${String(forbidden.index)}`);
  let rest = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, '');

  const take = (pattern: RegExp): RegExpExecArray => {
    const match = pattern.exec(rest);
    if (match?.index !== 0)
      throw new Error(`expected ${String(pattern)} at ${JSON.stringify(rest.slice(0, 40))}`);
    rest = rest.slice(match[0].length);
    return match;
  };

  const element = (): XmlElement => {
    const [, name = ''] = take(/<([A-Za-z]+)/);
    const attributes: Record<string, string> = {};
    while (rest.startsWith(' ')) {
      const [, key = '', value = ''] = take(/ ([A-Za-z]+)="([^"<]*)"/);
      if (key in attributes) throw new Error(`attribute ${key} twice`);
      attributes[key] = unescaped(value);
    }
    const children: (XmlElement | string)[] = [];
    const [end] = take(/\/?>/);
    if (end === '/>') return { name, attributes, children };
    while (!rest.startsWith('</')) {
      children.push(rest.startsWith('<') ? element() : unescaped(take(/[^<]+/)[0]));
    }
    take(new RegExp(`</${name}>`));
    return { name, attributes, children };
  };

  const root = element();
  if (rest !== '') throw new Error('something after the root');
  return root;
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+);|([a-z]+);|)/g, (written, code?: string, name?: string) => {
    const character = code === undefined ? ENTITIES[name ?? ''] : String.fromCodePoint(Number(code));
    if (character === undefined) throw new Error(`not a reference: ${written}`);
    return character;
  });
}

/** The names of all elements, outermost first, as `Response > Connect > Stream`. */
export function outlineOf({ name, children }: XmlElement): string {
  const inner = children.filter((child) => typeof child !== 'string').map(outlineOf);
  return inner.length === 0 ? name : `${name} > ${inner.join(' + ')}`;
}
