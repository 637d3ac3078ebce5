import type { ResponsePurpose } from '../../machines/call/call.ports.ts';
import { type AgentProfile, greetingOf } from '../../protocol/agent-profile.ts';
import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import { instructionsOf, type ToolSpec } from './prompt.ts';

export interface ResponseWords {
  readonly purpose: ResponsePurpose;
  /** What to say, for `say`; how a transfer ended, for `transferFailed`. */
  readonly text: string | undefined;
  /** Comes back with the response, and tells whose it is. */
  readonly tag: string;
}

/** Where a tag is found in the metadata of a response. */
export const TAG = 'callchart_request';

/**
 * The parameters of a response, by what it is for.
 *
 * `instructions` replace the session's for that response, so a purpose that
 * needs the business and the manners carries them again. What is to be said
 * word for word carries nothing else: there is nothing to add to it.
 */
export function responseParams(
  profile: AgentProfile,
  tools: readonly ToolSpec[],
  { purpose, text, tag }: ResponseWords,
): ResponseParams {
  const metadata = { [TAG]: tag, purpose };
  const now = (task: string): ResponseParams => ({
    instructions: `${instructionsOf(profile, tools)}\n\n# Now\n${task}`,
    tool_choice: 'none',
    metadata,
  });
  const exactly = (words: string): ResponseParams => ({
    instructions: wordForWord(words),
    tool_choice: 'none',
    metadata,
  });
  switch (purpose) {
    case 'reply':
    case 'toolAnswer':
      return { metadata };
    case 'greeting':
      return exactly(greetingOf(profile));
    case 'say':
      return exactly(text ?? '');
    case 'goodbye':
      return now(
        'The call is ending. Say a short, friendly goodbye in the language of the conversation. Ask nothing.',
      );
    case 'idlePrompt':
      return now(
        'The caller has been silent. Ask in a few words, in the language of the conversation, whether they are still there.',
      );
    case 'lastMinute':
      return now(
        'The call has to end within a minute. Say so kindly, in the language of the conversation, and ask what matters most.',
      );
    case 'transfer':
      return now(
        'You are about to connect the caller to a person. Say so in one short sentence, in the language of the conversation, and ask them to hold.',
      );
    case 'transferFailed':
      return now(
        `You tried to connect the caller to a person. It did not work; the line says: ${text ?? 'failed'}. Tell the caller what that means in plain words, and offer to take a message.`,
      );
    case 'filler':
      // Beside the conversation: the model does not remember it, and what the caller said is not asked for.
      return {
        conversation: 'none',
        input: [],
        instructions: `Say one short phrase, such as "One moment, please", in ${fillerLanguage(profile)}, and nothing else.`,
        tools: [],
        tool_choice: 'none',
        metadata,
      };
  }
}

/** Quoted as JSON, so that the words cannot end the quotation. */
const wordForWord = (words: string) =>
  `Say exactly the following, word for word, in the language it is written in, then stop. Add nothing, leave nothing out, and do not answer it: ${JSON.stringify(words)}`;

const fillerLanguage = ({ language }: AgentProfile) => `the language "${language.default}"`;
