/** Begins every gap that is to be filled: `test/docs/gaps.test.ts` finds those that are left. */
export const GAP = 'GAP:';

/** What every state answers: what is asked, and what to write. */
const QUESTIONS: readonly (readonly [asked: string, write: string])[] = [
  ['a call comes here', 'which fact, or which condition, leads a call here, and from where'],
  [
    'the caller hears something at once',
    'what the caller hears on the way in, and which orders make it heard',
  ],
  ['nothing happens', 'which delay ends the wait, and what the caller hears then; let the clock advance'],
  ['the caller speaks', 'what the caller interrupts by it, and who answers the turn'],
  ['the caller presses a key', 'what a key does here, or that it does nothing'],
  ['the caller hangs up', 'what is stopped, and why the call has ended (`endReason`)'],
  [
    'the caller hangs up right after speaking, and the words come later',
    'that `caller.said` behind `phone.stopped` does what it would have done before; or that words do nothing here',
  ],
  ['the model is lost', 'what the caller hears instead: `model.lost`, with a clip that apologises'],
  [
    'the effect fails, or its answer is lost',
    'what happens on `xstate.error.actor.…`; or that there is no effect',
  ],
  ['an operator hangs up', 'what `hangup.requested` does; and that `transfer.requested` is taken, or is not'],
  [
    'the time of the call is up',
    'that `maxCall` ends it with a goodbye, not in the middle of a word of the caller',
  ],
];

export const stateFile = (
  name: string,
  path: string,
): string => `import { callSetup } from '../call.setup.ts';

/**
 * ${GAP} who has the floor in \`${path}\`, and what the caller hears and may do.
 */
export const ${name} = callSetup.createStateConfig({
  // ${GAP} what happens at once on the way in. Names only: actions are in call.setup.ts.
  // entry: { type: 'tellModelToSpeak', params: 'say' },
  on: {
    // ${GAP} what the caller may do. A fact that nobody takes changes nothing.
    // 'caller.startedSpeaking': '#floor.conversing.listening.callerSpeaking',
  },
  after: {
    // ${GAP} the way out when nothing happens: a delay of call.delays.ts, and where it leads.
    // speakWithin: '#floor.conversing.listening',
  },
});
`;

export const storiesFile = (path: string): string => `import { describe, expect, test } from 'vitest';

/** ${GAP} each test asks one thing. Tell it with a \`ChartUnderTest\`, as call.stories.test.ts does, and name the test by the answer, in a sentence that stands alone. */
describe('${path}', () => {
${QUESTIONS.map(
  ([asked, write]) => `  test('${asked}', () => {
    expect.fail('Write here ${write}.');
  });
`,
).join('\n')}});
`;
