import { useState } from 'react';
import {
  CheckboxGroup,
  FieldError,
  Input,
  Label,
  NumberField,
  SwitchButton,
  SwitchField,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { Chip } from '../parts/chip.tsx';
import { Choice } from '../parts/choice.tsx';
import type { Field } from './fields.ts';
import { Hinted } from './hinted.tsx';
import { isList, type JsonPlace, readJson } from './json.ts';
import { Compound, DefaultAside, idOf, useSetting } from './setting.tsx';

export interface EditorProps<Kind extends Field['kind'] = Field['kind']> {
  readonly field: Extract<Field, { kind: Kind }>;
  readonly place: JsonPlace;
  readonly name: string;
  /** True: the name is only for screen readers. In a row, the list above shows it. */
  readonly isNameHidden?: boolean;
}

export function TextEditor({ field, place, name, isNameHidden = false }: EditorProps<'text'>) {
  const { value, problem, change } = useSetting(field, place);
  const written = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  return (
    <TextField
      className="setting"
      value={written}
      onChange={change}
      isInvalid={problem !== undefined}
      {...(isNameHidden && { 'aria-label': name, 'data-nameless': true })}
    >
      {!isNameHidden && <Name name={name} field={field} place={place} />}
      <div className="setting-body">
        {field.isLong ? (
          <TextArea className="input setting-long" id={idOf(place)} rows={2} />
        ) : (
          <Input
            className="input"
            id={idOf(place)}
            {...(field.isDate && { type: 'date' })}
            autoComplete="off"
          />
        )}
        <Hint field={field} />
        <FieldError className="field-error">{problem}</FieldError>
      </div>
    </TextField>
  );
}

export function NumberEditor({ field, place, name, isNameHidden = false }: EditorProps<'number'>) {
  const { value, problem, change } = useSetting(field, place);
  return (
    <NumberField
      className="setting"
      value={typeof value === 'number' ? value : Number.NaN}
      onChange={(next) => {
        change(Number.isNaN(next) ? undefined : next);
      }}
      isInvalid={problem !== undefined}
      isWheelDisabled
      {...(field.min !== undefined && { minValue: field.min })}
      {...(field.max !== undefined && { maxValue: field.max })}
      formatOptions={
        field.isMs
          ? { style: 'unit', unit: 'millisecond', unitDisplay: 'short' }
          : { maximumFractionDigits: field.isWhole ? 0 : 3 }
      }
      {...(isNameHidden && { 'aria-label': name, 'data-nameless': true })}
    >
      {!isNameHidden && <Name name={name} field={field} place={place} />}
      <div className="setting-body">
        <Input className="input setting-short" id={idOf(place)} />
        <Hint field={field} />
        <FieldError className="field-error">{problem}</FieldError>
      </div>
    </NumberField>
  );
}

export function SwitchEditor({ field, place, name }: EditorProps<'switch'>) {
  const { value, problem, change } = useSetting(field, place);
  return (
    <Compound name={name} place={place} field={field} problem={problem}>
      <SwitchField isSelected={value === true} onChange={change} aria-label={name}>
        <SwitchButton className="switch">
          <span className="switch-track" aria-hidden="true" />
          {value === true ? 'Yes' : 'No'}
        </SwitchButton>
      </SwitchField>
    </Compound>
  );
}

export function ChoiceEditor({ field, place, name, isNameHidden = false }: EditorProps<'choice'>) {
  const { value, problem, change } = useSetting(field, place);
  const chosen = typeof value === 'string' ? value : '';
  // A word that the schema does not know is offered, too: the viewer must see what is wrong.
  const options =
    field.options.includes(chosen) || chosen === '' ? field.options : [...field.options, chosen];
  return (
    <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
      <Choice
        label={name}
        isLabelHidden
        items={options.map((option) => ({ id: option, label: option }))}
        value={chosen}
        onChange={change}
      />
    </Compound>
  );
}

interface WordsProps extends EditorProps {
  readonly options: readonly string[];
}

/** Edits a list of words, each of which is on or off. The list keeps the order of `options`. */
export function WordsEditor({ field, place, name, options, isNameHidden = false }: WordsProps) {
  const { value, problem, change } = useSetting(field, place);
  const chosen = isList(value) ? value.map(String) : [];
  const offered = [...new Set([...options, ...chosen])];
  return (
    <Compound name={name} place={place} field={field} problem={problem} isNameHidden={isNameHidden}>
      <CheckboxGroup
        className="chips"
        aria-label={name}
        value={chosen}
        onChange={(next) => {
          change(offered.filter((word) => next.includes(word)));
        }}
      >
        {offered.map((word) => (
          <Chip key={word} value={word}>
            {word}
          </Chip>
        ))}
      </CheckboxGroup>
    </Compound>
  );
}

/** Edits a value as JSON that no other field can show. What is typed is taken when it is valid JSON. */
export function JsonEditor({ field, place, name, isNameHidden = false }: EditorProps) {
  const { value, problem, change } = useSetting(field, place);
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? (value === undefined ? '' : JSON.stringify(value, null, 2));
  const read = typed === undefined || typed.trim() === '' ? undefined : readJson(typed);
  const trouble = read !== undefined && 'trouble' in read ? `is not JSON: ${read.trouble.words}` : problem;
  return (
    <TextField
      className="setting"
      value={shown}
      onChange={(text) => {
        setTyped(text);
        if (text.trim() === '') {
          change(undefined);
          return;
        }
        const next = readJson(text);
        if ('json' in next) change(next.json);
      }}
      isInvalid={trouble !== undefined}
      {...(isNameHidden && { 'aria-label': name, 'data-nameless': true })}
    >
      {!isNameHidden && <Name name={name} field={field} place={place} />}
      <div className="setting-body">
        <TextArea className="input setting-long mono" id={idOf(place)} rows={3} spellCheck="false" />
        <Hint field={field} />
        <FieldError className="field-error">{trouble}</FieldError>
      </div>
    </TextField>
  );
}

function Name({
  name,
  field,
  place,
}: {
  readonly name: string;
  readonly field: Field;
  readonly place: JsonPlace;
}) {
  return (
    <div className="setting-name">
      <Label>{name}</Label>
      <DefaultAside field={field} place={place} name={name} />
    </div>
  );
}

function Hint({ field }: { readonly field: Field }) {
  if (field.hint === '') return null;
  return (
    <Text slot="description" className="setting-hint">
      <Hinted text={field.hint} />
    </Text>
  );
}
