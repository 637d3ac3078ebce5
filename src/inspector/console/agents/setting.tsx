import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { dotted, isList, isSame, type Json, type Place, valueAt } from './json.ts';
import type { Field } from './fields.ts';
import { useProfileForm } from './form-context.ts';
import { Hinted } from './hinted.tsx';
import './form.css';

/** How a place of the form stands. */
export function useSetting(field: Field, place: Place) {
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

/** The element in which a field is found by its place. */
export const idOf = (place: Place): string => `field-${dotted(place)}`;

interface AsideProps {
  readonly field: Field;
  readonly place: Place;
  readonly name: string;
}

/** Says that nothing is written and the default stands, or offers to go back to it. */
export function DefaultAside({ field, place, name }: AsideProps) {
  const { isWritten, value, change } = useSetting(field, place);
  if (field.fallback === undefined || typeof place.at(-1) === 'number') return null;
  if (!isWritten) return <span className="setting-aside label">default</span>;
  if (isSame(value, field.fallback) || isEmpty(field.fallback)) return null;
  return (
    <Button
      slot={null} // Not one of the buttons that a number field would have.
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

/** An empty default is reached by emptying the field. */
const isEmpty = (value: Json) => value === '' || (isList(value) && value.length === 0);

interface CompoundProps {
  readonly name: string;
  readonly place: Place;
  readonly field: Field;
  readonly problem: string | undefined;
  readonly isNameHidden?: boolean;
  readonly children: ReactNode;
}

/** A field that holds others: its name beside them, what is wrong with the whole below. */
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
