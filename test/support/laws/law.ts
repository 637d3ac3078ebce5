import type { Step } from './step.ts';

/** What must be so in every call, after every step of it. */
export interface Law {
  readonly name: string;
  /** The law in words. */
  readonly sentence: string;
  /** What breaks it in these steps of one call, from its beginning: a sentence each, with the step's place. */
  readonly broken: (steps: readonly Step[]) => readonly string[];
}

/** A law that is kept by what was before: asked of each step, with a memory of its own for each call. */
export function lawOf(
  name: string,
  sentence: string,
  begin: () => (step: Step) => string | undefined | false,
): Law {
  return {
    name,
    sentence,
    broken: (steps) => {
      const judge = begin();
      return steps.flatMap((step) => {
        const fault = judge(step);
        return typeof fault === 'string'
          ? [`${name}: row ${String(step.place)}, ${step.event}: ${fault}`]
          : [];
      });
    },
  };
}

export const isSpoken = (name: string) => /^(createResponse|playClip|resumePlayback)/.test(name);

/** The caller speaks, as the chart has it. */
export const isCallerSpeaking = (state: string) =>
  /^conversing\.(interrupted|listening\.callerSpeaking|greeting\.(forestalled|withheld|talkedOver))/.test(
    state,
  );

/** The caller has the floor, and uses it: they speak, or key in digits. */
export const isCallerBusy = (state: string) =>
  isCallerSpeaking(state) || state.startsWith('conversing.listening.enteringDigits');

export const isConversing = (state: string) => state.startsWith('conversing');
