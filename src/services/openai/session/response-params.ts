import type { ResponsePurpose, TransferResult } from '../../../machines/call/call.events.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import { greetingOf } from '../../../protocol/profile-sentences.ts';
import type { ResponseParams } from '../../../protocol/realtime-client-events.ts';
import { briefFor } from './prompt.ts';

export interface ResponseWords {
  readonly purpose: ResponsePurpose;
  /** What to say, for `say`; what a transfer came to, by its result, for `transferFailed`. */
  readonly text: string | undefined;
  /** The language that the caller was heard to speak, where that is not the profile's. */
  readonly spoken: string | undefined;
  /** Comes back with the response, and tells whose it is. */
  readonly tag: string;
}

/** Where a tag is found in the metadata of a response. */
export const TAG = 'callchart_request';

/**
 * The parameters of a response, by what it is for. `instructions` replace the
 * session's for that response; a reply has none, and follows the session's.
 */
export function responseParams(profile: AgentProfile, words: ResponseWords): ResponseParams {
  const { purpose, text, tag, spoken } = words;
  const metadata = { [TAG]: tag, purpose };
  const saying = (instructions: string): ResponseParams => ({ instructions, tool_choice: 'none', metadata });
  const brief = (task: string) => saying(briefFor(profile, task, spoken));
  switch (purpose) {
    case 'reply':
    case 'toolAnswer':
      return { metadata };
    case 'greeting':
      return saying(wordForWord(greetingOf(profile)));
    case 'say':
      return saying(wordForWord(text ?? ''));
    case 'goodbye':
      return brief('The call is ending: say a short, friendly goodbye. Ask nothing.');
    case 'idlePrompt':
      return brief('The caller has been silent: ask in a few words whether they are still there.');
    case 'lastMinute':
      return brief(
        'The call has to end within a minute: apologise for that, and ask what matters most to the caller.',
      );
    case 'transfer':
      return brief('You are about to connect the caller to a person: say so, and ask for one moment.');
    case 'transferFailed':
      return brief(
        `You tried to connect the caller to a person, and it failed; the line says: ${LINE_SAYS.get(text) ?? LINE_SAYS_FAILED}. Apologise, say in plain words what that means, and offer to take a message.`,
      );
    case 'resumption':
      return brief(
        'The line to the caller broke for a moment and is back. What you said last may not have been heard to its end, and the caller may have said something that you missed. Say sorry in a few words, then go on from where the conversation stopped: answer what has no answer yet, or say again what was cut short.',
      );
    case 'filler':
      // Beside the conversation: the model does not remember it, and what the caller said is not asked for.
      return {
        ...brief('You are looking something up: say "One moment, please", or the like, and nothing else.'),
        conversation: 'none',
        input: [],
        tools: [],
      };
  }
}

const LINE_SAYS_FAILED = 'failed';
/** Why nobody was reached, as carriers have it: the words that the model has always been told. */
const LINE_SAYS: ReadonlyMap<string | undefined, string> = new Map<TransferResult, string>([
  ['busy', 'busy'],
  ['noAnswer', 'no-answer'],
  ['failed', LINE_SAYS_FAILED],
  ['cancelled', 'canceled'],
]);

/** Nothing of the session goes along: there is nothing to add. */
const wordForWord = (words: string) =>
  `Say exactly the following, word for word, in the language it is written in. Add nothing, leave nothing out, and do not answer it: "${words}"`;
