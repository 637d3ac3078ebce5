import { z } from 'zod';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { type FieldProblem, fieldProblems } from '../../src/protocol/field-problem.ts';
import { FieldEditor } from './field-editor.tsx';
import { fieldOf, type NamedField, type Schema } from './fields.ts';
import { FormContext } from './form-context.ts';
import { dotted, type JsonValue, withValue } from './json.ts';

/** The parts of the form, and the fields in each. A field in none of them is in the last part, `More`. */
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
/** The id cannot be edited: it is part of the address. */
const FIXED = 'id';

const form = fieldOf(z.toJSONSchema(AgentProfile, { io: 'input' }) as Schema);
const FIELDS: readonly NamedField[] = form.kind === 'group' ? form.fields : [];

const partOf = (key: string) => PARTS.find(([, keys]) => keys.includes(key))?.[0] ?? REST;

/** Checks a draft in the page, against the schema of profiles. What only the engine knows is not checked. */
export function problemsOf(document: JsonValue): readonly FieldProblem[] {
  const read = AgentProfile.safeParse(document);
  return read.success ? [] : fieldProblems(read.error);
}

interface ProfileFormProps {
  readonly document: JsonValue;
  readonly problems: readonly FieldProblem[];
  readonly onChange: (document: JsonValue) => void;
}

/** Edits a profile as a form, field by field; problems are shown at their fields. */
export function ProfileForm({ document, problems, onChange }: ProfileFormProps) {
  const context = {
    document,
    change: (place: Parameters<typeof dotted>[0], value: JsonValue | undefined) => {
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
