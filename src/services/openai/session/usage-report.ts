import type { Usage } from '../../../machines/call/call.events.ts';
import type { ResponseUsage, TranscriptionUsage } from '../../../protocol/realtime-server-events.ts';

const NONE = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
  seconds: 0,
} as const;

/** What a response cost. Caller audio is a token per 100 ms, agent audio one per 50 ms. */
export function usageOfResponse({ input_token_details, output_token_details }: ResponseUsage): Usage {
  return {
    ...NONE,
    kind: 'response',
    inputTextTokens: input_token_details?.text_tokens ?? 0,
    inputAudioTokens: input_token_details?.audio_tokens ?? 0,
    cachedTokens: input_token_details?.cached_tokens ?? 0,
    outputTextTokens: output_token_details?.text_tokens ?? 0,
    outputAudioTokens: output_token_details?.audio_tokens ?? 0,
  };
}

/** What a transcription cost: it is billed apart from the response. */
export function usageOfTranscription(usage: TranscriptionUsage): Usage {
  if (usage.type === 'duration') return { ...NONE, kind: 'transcription', seconds: usage.seconds };
  return {
    ...NONE,
    kind: 'transcription',
    inputTextTokens: usage.input_token_details?.text_tokens ?? 0,
    inputAudioTokens: usage.input_token_details?.audio_tokens ?? 0,
    outputTextTokens: usage.output_tokens ?? 0,
  };
}
