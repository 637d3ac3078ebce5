import { readServerEvent } from '../../../protocol/realtime-server-events.ts';
import { type Dialect, urlWithModel } from './dialect.ts';

/** What both dialects of the speech-to-speech API can do when the session asks for it. */
export const REALTIME_CAPABILITIES = {
  ownsInterruption: true,
  ownsReplies: true,
  canTruncate: true,
} as const;

/** OpenAI Realtime as it is served today. The beta header must be absent: with it the session is refused. */
export const gaDialect: Dialect = {
  capabilities: REALTIME_CAPABILITIES,
  sessionLimitMs: 3_600_000,
  audioDeltaType: 'response.output_audio.delta',
  wordsDeltaType: 'response.output_audio_transcript.delta',
  headers: {},
  url: urlWithModel,
  write: (event) => JSON.stringify(event),
  read: (text) => {
    const event = readServerEvent(text);
    return event === undefined ? [] : [event];
  },
};
