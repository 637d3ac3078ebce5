import { createContext, use } from 'react';
import type { Json, Place } from './json.ts';

/** What every field of the form works on. */
export interface ProfileForm {
  readonly document: Json | undefined;
  /** Writes at a place; undefined takes out what is there. */
  readonly change: (place: Place, value: Json | undefined) => void;
  /** What is wrong at a place, in words. */
  readonly problemsAt: (place: Place) => readonly string[];
}

export const FormContext = createContext<ProfileForm>({
  document: undefined,
  change: () => undefined,
  problemsAt: () => [],
});

export const useProfileForm = (): ProfileForm => use(FormContext);
