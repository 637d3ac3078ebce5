import { FACT_NAMES } from '../../protocol/business-facts.ts';

/** What a session's instructions say of the business; what they do not say is empty. */
export interface BusinessFacts {
  readonly name: string;
  readonly description: string;
  /** `mon, tue 09:00 to 17:00; fri 09:00 to 12:00`, or prose. */
  readonly hours: string;
  /** Dates, YYYY-MM-DD. */
  readonly closedOn: readonly string[];
  readonly services: readonly { readonly name: string; readonly minutes: number | undefined }[];
  readonly address: string;
}

/** Reads the lines `- Opening hours: …`. A fact goes on over lines until the next one, or a heading. */
export function readFacts(instructions: string): BusinessFacts {
  const found = new Map<string, string>();
  let name = '';
  for (const line of instructions.split('\n')) {
    const [, key = '', value = ''] = /^- ([A-Z][A-Za-z ]{0,40}): (.*)$/.exec(line) ?? [];
    if (NAMES.has(key) && !found.has(key)) {
      name = key;
      found.set(name, value.trim());
    } else if (/^(- |#|\s*$)/.test(line)) name = '';
    else if (name !== '') found.set(name, `${found.get(name) ?? ''} ${line.trim()}`);
  }
  const fact = (key: keyof typeof FACT_NAMES) => found.get(FACT_NAMES[key]) ?? '';
  return {
    name: fact('name'),
    description: fact('description'),
    hours: fact('hours'),
    closedOn: fact('closedOn').match(/\d{4}-\d\d-\d\d/g) ?? [],
    services: fact('services').split('; ').filter(Boolean).map(serviceOf),
    address: fact('address'),
  };
}

const NAMES: ReadonlySet<string> = new Set(Object.values(FACT_NAMES));

function serviceOf(text: string): BusinessFacts['services'][number] {
  const [, name = text, minutes] = /^(.*) \((\d+) minutes\)$/.exec(text) ?? [];
  return { name, minutes: minutes === undefined ? undefined : Number(minutes) };
}
