import type { Entry } from './conversation.ts';

/** The service bills the agent's audio at one token for each 50 ms; text at about one for four letters. */
const AGENT_MS_PER_TOKEN = 50;
const LETTERS_PER_TOKEN = 4;

/** What a response used, in the service's shape. Input counts its instructions only: nothing is billed. */
export function usageOf(entries: readonly Entry[], instructions: string) {
  const audio = Math.ceil(entries.reduce((sum, { audioMs }) => sum + audioMs, 0) / AGENT_MS_PER_TOKEN);
  const letters = JSON.stringify(entries.map(({ wire }) => wire['arguments'] ?? wire['content'])).length;
  const text = Math.ceil(letters / LETTERS_PER_TOKEN);
  const input = Math.ceil(instructions.length / LETTERS_PER_TOKEN);
  return {
    total_tokens: input + audio + text,
    input_tokens: input,
    output_tokens: audio + text,
    input_token_details: {
      text_tokens: input,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: text, audio_tokens: audio },
  };
}
