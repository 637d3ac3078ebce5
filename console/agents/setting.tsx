import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { dotted, isList, isSame, type JsonValue, type JsonPlace, valueAt } from './json.ts';
import type { Field } from './fields.ts';
import { useProfileForm } from './form-context.ts';
import { Hinted } from './hinted.tsx';
import './form.css';

/** The value at a place of the form, its problem, and how to change it. */
export function useSetting(field: Field, place: JsonPlace) {
  const { document, change, problemsAt } = useProfileForm();
  const written = valueAt(document, place);
  const problems = problemsAt(place);
  return {
    value: written ?? field.fallback,
    isWritten: written !== undefined,
    problem: problems.length > 0 ? problems.join('; ') : undefined,
    change: (value: Parameters<typeof change>[1]) => {
      change(place, value);
    },
  };
}

/** The id of the element that shows the field at a place. */
export const idOf = (place: JsonPlace): string => `field-${dotted(place)}`;

interface AsideProps {
  readonly field: Field;
  readonly place: JsonPlace;
  readonly name: string;
}

/** Shows "default" where the profile has no value, and a button that goes back to the default where it has one. */
export function DefaultAside({ field, place, name }: AsideProps) {
  const { isWritten, value, change } = useSetting(field, place);
  if (field.fallback === undefined || typeof place.at(-1) === 'number') return null;
  if (!isWritten) return <span className="setting-aside label">default</span>;
  if (isSame(value, field.fallback) || isEmpty(field.fallback)) return null;
  return (
    <Button
      slot={null} // Else React Aria takes it for a button of the number field.
      className="setting-reset"
      aria-label={`Use default of ${name}`}
      onPress={() => {
        change(undefined);
      }}
    >
      Use default
    </Button>
  );
}

/** Whether a default is empty: it needs no button, the viewer empties the field. */
const isEmpty = (value: JsonValue) => value === '' || (isList(value) && value.length === 0);

interface CompoundProps {
  readonly name: string;
  readonly place: JsonPlace;
  readonly field: Field;
  readonly problem: string | undefined;
  readonly isNameHidden?: boolean;
  readonly children: ReactNode;
}

/** Shows a field made of several controls: its name beside them, and its problem below. */
export function Compound({ name, place, field, problem, isNameHidden = false, children }: CompoundProps) {
  return (
    <div
      className="setting"
      role="group"
      aria-label={name}
      id={idOf(place)}
      tabIndex={-1}
      {...(isNameHidden && { 'data-nameless': true })}
    >
      {!isNameHidden && (
        <div className="setting-name">
          <span aria-hidden="true">{name}</span>
          <DefaultAside field={field} place={place} name={name} />
        </div>
      )}
      <div className="setting-body">
        {children}
        {field.hint !== '' && (
          <p className="setting-hint">
            <Hinted text={field.hint} />
          </p>
        )}
        {problem !== undefined && <p className="field-error">{problem}</p>}
      </div>
    </div>
  );
}
