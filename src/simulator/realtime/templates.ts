import type { BusinessFacts } from '../answers/business-facts.ts';
import { factAnswer } from '../answers/fact-answers.ts';
import type { Template } from '../scenario.ts';
import { type Moment, spokenTime } from '../scenario-values.ts';

/** What a template may name: `{day}`, `{day:words}`, `{heard}`, `{output.free.0}`, `{business.hours}`. */
export interface TemplateValues {
  readonly slots: ReadonlyMap<string, { readonly words: string; readonly value: string }>;
  readonly heard: string;
  /** The output of the tool that was called last, as JSON. */
  readonly output: unknown;
  /** What the session says of the business: `name`, `hours`, `services`, `address`, `description`. */
  readonly facts: BusinessFacts;
  readonly moment: Moment;
}

/** The first text whose every value is known, with the values in it. */
export function filled(template: Template, values: TemplateValues): string | undefined {
  for (const text of typeof template === 'string' ? [template] : template) {
    const parts = text.split(/\{([^{}]+)\}/).map((part, i) => (i % 2 === 0 ? part : lookUp(part, values)));
    if (!parts.includes(undefined)) return parts.join('');
  }
  return undefined;
}

function lookUp(name: string, { slots, heard, output, facts, moment }: TemplateValues): string | undefined {
  if (name === 'heard') return heard;
  if (name.startsWith('business.')) return factAnswer(name.slice('business.'.length), facts, heard, moment);
  if (name.startsWith('output.')) return spoken(at(output, name.split('.').slice(1)));
  const [slot = '', form] = name.split(':');
  const found = slots.get(slot);
  return form === 'words' ? found?.words : found?.value;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}

/** A value as somebody says it: of a list the first three, of an object its field `spoken`. */
function spoken(value: unknown): string | undefined {
  if (typeof value === 'string') return spokenTime(value) ?? value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return typeof value === 'object' ? spoken(at(value, ['spoken'])) : undefined;
  const parts = value.slice(0, 3).flatMap((part) => spoken(part) ?? []);
  return parts.length === 0 ? undefined : new Intl.ListFormat('en').format(parts);
}
