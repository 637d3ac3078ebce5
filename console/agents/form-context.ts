import { createContext, use } from 'react';
import type { JsonValue, JsonPlace } from './json.ts';

/** What every field of the form reads and writes. */
export interface ProfileForm {
  readonly document: JsonValue | undefined;
  /** Writes a value at a place; undefined removes the value. */
  readonly change: (place: JsonPlace, value: JsonValue | undefined) => void;
  /** What is wrong at a place, in words. */
  readonly problemsAt: (place: JsonPlace) => readonly string[];
}

export const FormContext = createContext<ProfileForm>({
  document: undefined,
  change: () => undefined,
  problemsAt: () => [],
});

export const useProfileForm = (): ProfileForm => use(FormContext);
