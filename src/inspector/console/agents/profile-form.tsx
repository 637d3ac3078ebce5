import { z } from 'zod';
import { AgentProfile } from '../../../protocol/agent-profile.ts';
import { type FieldProblem, fieldProblems } from '../../../protocol/field-problem.ts';
import { FieldEditor } from './field-editor.tsx';
import { fieldOf, type NamedField, type Schema } from './fields.ts';
import { FormContext } from './form-context.ts';
import { dotted, type Json, withValue } from './json.ts';

/** Which field stands in which part of the form. A field that is in none stands in the last. */
const PARTS: readonly (readonly [title: string, keys: readonly string[]])[] = [
  ['Numbers', ['phoneNumbers']],
  ['Business', ['business']],
  [
    'Voice',
    ['voice', 'personality', 'greeting', 'greetingMode', 'busyMessage', 'sentences', 'filler', 'audio'],
  ],
  ['Language', ['language']],
  ['Taking turns', ['turnDetection', 'bargeIn']],
  ['Tools', ['tools', 'escalation']],
  ['Privacy', ['recording', 'recordingAnnouncement', 'maskDigits', 'cardNumbers']],
  ['Limits', ['limits']],
];
const REST = 'More';
/** Part of the address: it is chosen once. */
const FIXED = 'id';

const form = fieldOf(z.toJSONSchema(AgentProfile, { io: 'input' }) as Schema);
const FIELDS: readonly NamedField[] = form.kind === 'group' ? form.fields : [];

const partOf = (key: string) => PARTS.find(([, keys]) => keys.includes(key))?.[0] ?? REST;

/** What the page itself finds wrong with a draft: everything but what only the engine knows. */
export function problemsOf(document: Json): readonly FieldProblem[] {
  const read = AgentProfile.safeParse(document);
  return read.success ? [] : fieldProblems(read.error);
}

interface ProfileFormProps {
  readonly document: Json;
  readonly problems: readonly FieldProblem[];
  readonly onChange: (document: Json) => void;
}

/** A profile, field by field, each checked by the engine's own schema. */
export function ProfileForm({ document, problems, onChange }: ProfileFormProps) {
  const context = {
    document,
    change: (place: Parameters<typeof dotted>[0], value: Json | undefined) => {
      onChange(withValue(document, place, value) ?? {});
    },
    problemsAt: (place: Parameters<typeof dotted>[0]) =>
      problems.filter(({ path }) => path === dotted(place)).map(({ message }) => message),
  };
  return (
    <FormContext value={context}>
      {[...PARTS.map(([title]) => title), REST].map((title) => {
        const fields = FIELDS.filter(({ key }) => key !== FIXED && partOf(key) === title);
        if (fields.length === 0) return null;
        return (
          <section key={title} className="part" aria-label={title}>
            <h2 className="part-title">{title}</h2>
            <div className="part-fields">
              {fields.map(({ key, name, field }) => (
                <FieldEditor
                  key={key}
                  field={field}
                  place={[key]}
                  name={name}
                  isNameHidden={name === title && field.kind === 'group'}
                />
              ))}
            </div>
          </section>
        );
      })}
    </FormContext>
  );
}
