import type { ModelCapabilities } from '../../../machines/call/call.ports.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { AudioFormat, RealtimeSession, TurnDetection } from '../../../protocol/realtime-session.ts';
import type { ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import { farWord } from '../wire/socket-end.ts';
import { instructionsOf, type ToolSpec } from './prompt.ts';

/** Works together with server-side turn detection, and outlives `whisper-1` and `gpt-4o-transcribe` (shutdown 2027-02-26). */
const TRANSCRIPTION_MODEL = 'gpt-transcribe';

const FORMATS: Readonly<Record<AgentProfile['audio'], AudioFormat>> = {
  pcmu: { type: 'audio/pcmu' },
  pcma: { type: 'audio/pcma' },
  pcm16: { type: 'audio/pcm', rate: 24_000 },
};

/** What the far end can do in a call of this agent: it does not own what the call has taken over. */
export function capabilitiesFor(all: ModelCapabilities, profile: AgentProfile): ModelCapabilities {
  if (profile.bargeIn === 'immediate') return all;
  return { ...all, ownsInterruption: false, ownsReplies: false };
}

/** What a session is made of. */
export interface SessionNeeds {
  readonly profile: AgentProfile;
  readonly tools: readonly ToolSpec[];
  /** Less what the call has taken over: `capabilitiesFor`. */
  readonly capabilities: ModelCapabilities;
  readonly audio: AgentProfile['audio'];
}

/** The whole session, as a profile wants it. Sent once: the voice cannot be named again after it has spoken. */
export function sessionOf(needs: SessionNeeds, repliesAllowed: boolean): RealtimeSession {
  const { profile, tools, audio } = needs;
  const format = FORMATS[audio];
  return {
    type: 'realtime',
    output_modalities: ['audio'],
    instructions: instructionsOf(profile, tools),
    audio: {
      input: {
        format,
        transcription: { model: TRANSCRIPTION_MODEL, ...fixedLanguage(profile) },
        turn_detection: turnDetectionOf(needs, repliesAllowed),
      },
      output: { format, voice: profile.voice },
    },
    tools: toolsOf(needs),
    tool_choice: 'auto',
    max_output_tokens: 'inf',
  };
}

/** The tools, whole: a list in an update replaces the one before. */
export const toolsOf = ({ tools }: SessionNeeds): NonNullable<RealtimeSession['tools']> =>
  tools.map(({ name, description, parameters }) => ({
    type: 'function',
    name,
    description,
    parameters: { ...parameters },
  }));

/** Only the turn detection, whole: nested objects are replaced, not merged. */
export function repliesUpdate(needs: SessionNeeds, repliesAllowed: boolean): RealtimeSession {
  return {
    type: 'realtime',
    audio: { input: { turn_detection: turnDetectionOf(needs, repliesAllowed) } },
  };
}

function turnDetectionOf({ profile, capabilities }: SessionNeeds, repliesAllowed: boolean): TurnDetection {
  return {
    ...profile.turnDetection,
    create_response: capabilities.ownsReplies && repliesAllowed,
    // Nor may it cancel the greeting, which nobody would say again: a greeting that is heard is interrupted by the call.
    interrupt_response: capabilities.ownsInterruption && repliesAllowed,
  };
}

/** A caller may speak any language, so transcription is told one only when the agent never leaves it. ISO 639-1. */
function fixedLanguage({ language }: AgentProfile): { language?: string } {
  const [primary] = language.default.toLowerCase().split(/[-_]/);
  return language.switch !== 'never' || primary === undefined ? {} : { language: primary };
}

/**
 * What the session says its formats are, where they are not those asked for; undefined when all is well.
 * A far end that tells no formats is believed: a wrong one would name what it has.
 */
export function wrongFormat(
  { session }: ServerEventOf<'session.updated'>,
  audio: AgentProfile['audio'],
): string | undefined {
  const { type, rate } = { rate: undefined, ...FORMATS[audio] };
  for (const format of [session.audio?.input?.format, session.audio?.output?.format]) {
    if (format === undefined || format === null) continue;
    if (format.type !== type) return `${farWord(format.type)} instead of ${type}`;
    if (rate !== undefined && format.rate !== undefined && format.rate !== rate) {
      return `${String(format.rate)} Hz instead of ${String(rate)} Hz`;
    }
  }
  return undefined;
}
