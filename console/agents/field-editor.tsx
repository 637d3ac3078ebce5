import { Button } from 'react-aria-components';
import { Choice } from '../parts/choice.tsx';
import { blankOf, type Field, type NamedField, type Variant } from './fields.ts';
import { FormContext, useProfileForm } from './form-context.ts';
import { isList, isObject, type JsonValue, type JsonPlace, valueAt, withValue } from './json.ts';
import {
  ChoiceEditor,
  type EditorProps,
  JsonEditor,
  NumberEditor,
  SwitchEditor,
  TextEditor,
  WordsEditor,
} from './leaf-editors.tsx';
import { Compound, useSetting } from './setting.tsx';

/** Edits one field of a profile, with the fields inside it. */
export function FieldEditor({ field, ...rest }: EditorProps) {
  switch (field.kind) {
    case 'text':
      return <TextEditor field={field} {...rest} />;
    case 'number':
      return <NumberEditor field={field} {...rest} />;
    case 'switch':
      return <SwitchEditor field={field} {...rest} />;
    case 'choice':
      return <ChoiceEditor field={field} {...rest} />;
    case 'words':
      return <WordsEditor field={field} options={field.options} {...rest} />;
    case 'constant':
      return null; // Its variant has been chosen above it.
    case 'json':
      return <JsonEditor field={field} {...rest} />;
    case 'list':
      return <ListEditor field={field} {...rest} />;
    case 'either':
      return <EitherEditor field={field} {...rest} />;
    case 'group':
      return <GroupEditor field={field} {...rest} />;
  }
}

function GroupEditor({ field, place, name, isNameHidden = false }: EditorProps<'group'>) {
  const { value, problem, change, isWritten } = useSetting(field, place);
  if (!isWritten && field.fallback === undefined && field.fields.some(({ isRequired }) => isRequired)) {
    return (
      <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
        <Button
          className="button setting-add"
          onPress={() => {
            change(blankOf(field));
          }}
        >
          Add {name.toLowerCase()}
        </Button>
      </Compound>
    );
  }
  return (
    <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
      <div className="group">
        {field.fields.map(({ key, name: inner, field: innerField }) => (
          <FieldEditor
            key={key}
            field={withFallback(innerField, isWritten ? undefined : valueAt(value, [key]))}
            place={[...place, key]}
            name={inner}
          />
        ))}
      </div>
    </Compound>
  );
}

/** Gives a field the value that the default of its group has for it. */
const withFallback = (field: Field, fallback: JsonValue | undefined): Field =>
  fallback === undefined ? field : { ...field, fallback };

function ListEditor({ field, place, name, isNameHidden = false }: EditorProps<'list'>) {
  const { value, problem, change } = useSetting(field, place);
  // A list of words with a default is shown as a choice: the default names the words there are.
  if (field.item.kind === 'text' && isList(field.fallback) && field.fallback.length > 0) {
    return <WordsEditor field={field} place={place} name={name} options={field.fallback.map(String)} />;
  }
  const items = isList(value) ? value : [];
  return (
    <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
      {items.length > 0 && (
        <ol className="rows">
          {items.map((_, index) => (
            <li key={index} className="row">
              <FieldEditor
                field={field.item}
                place={[...place, index]}
                name={`${name}, row ${String(index + 1)}`}
                isNameHidden
              />
              <Button
                className="button"
                data-kind="plain"
                data-icon-only
                aria-label={`Remove row ${String(index + 1)} of ${name.toLowerCase()}`}
                onPress={() => {
                  change(items.toSpliced(index, 1));
                }}
              >
                <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="cross">
                  <path d="M1 1l8 8M9 1l-8 8" />
                </svg>
              </Button>
            </li>
          ))}
        </ol>
      )}
      <Button
        className="button setting-add"
        aria-label={`Add a row to ${name.toLowerCase()}`}
        onPress={() => {
          change([...items, blankOf(field.item)]);
        }}
      >
        Add
      </Button>
    </Compound>
  );
}

function EitherEditor({ field, place, name, isNameHidden = false }: EditorProps<'either'>) {
  const form = useProfileForm();
  const { value, problem, change, isWritten } = useSetting(field, place);
  const at = Math.max(
    0,
    field.variants.findIndex(({ fits }) => fits(value)),
  );
  const variant = field.variants[at];
  if (variant === undefined) return null;
  const standing = isWritten ? variant.field : withFallback(variant.field, value);
  // The first edit inside a default writes all of the default: half of a variant would be invalid.
  const inside = isWritten
    ? form
    : {
        ...form,
        change: (inner: JsonPlace, next: JsonValue | undefined) => {
          change(withValue(value, inner.slice(place.length), next));
        },
      };
  return (
    <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
      <div className="either">
        <Choice
          label={`Kind of ${name.toLowerCase()}`}
          isLabelHidden
          items={field.variants.map((each, index) => ({ id: String(index), label: each.name }))}
          value={String(at)}
          onChange={(id) => {
            const next = field.variants[Number(id)];
            if (next !== undefined && next !== variant) change(carriedOver(value, next));
          }}
        />
        <FormContext value={inside}>
          <FieldEditor field={standing} place={place} name={name} isNameHidden />
        </FormContext>
      </div>
    </Compound>
  );
}

/** Keeps the text when another variant is chosen: a plain text becomes the first text of a group, and the reverse. */
function carriedOver(value: JsonValue | undefined, { field }: Variant): JsonValue {
  const blank = blankOf(field);
  if (typeof value === 'string' && field.kind === 'group' && isObject(blank)) {
    const first = field.fields.find(isPlainText);
    return first === undefined ? blank : { ...blank, [first.key]: value };
  }
  if (isObject(value) && field.kind === 'text') {
    return Object.values(value).find((inner) => typeof inner === 'string') ?? blank;
  }
  return blank;
}

const isPlainText = ({ field, isRequired }: NamedField) => isRequired && field.kind === 'text';
