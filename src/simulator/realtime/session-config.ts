import type {
  AudioFormat,
  FunctionTool,
  RealtimeSession,
  TurnDetection,
} from '../../protocol/realtime-session.ts';
import type { FliteVoice, Manner } from '../speech/flite.ts';
import type { Hearing, SpeechFormat } from '../speech/speech-messages.ts';

/** A session with every field that has an effect here; what has none is kept and echoed. */
export interface SessionConfig extends RealtimeSession {
  readonly model: string;
  readonly output_modalities: ('audio' | 'text')[];
  readonly instructions: string;
  readonly tools: FunctionTool[];
  readonly audio: {
    readonly input: {
      readonly format: AudioFormat;
      readonly transcription: NonNullable<NonNullable<RealtimeSession['audio']>['input']>['transcription'];
      readonly noise_reduction: NonNullable<
        NonNullable<RealtimeSession['audio']>['input']
      >['noise_reduction'];
      readonly turn_detection: TurnDetection | null;
    };
    readonly output: {
      readonly format: AudioFormat;
      readonly voice: string | { id: string };
      readonly speed: number;
    };
  };
}

const PCM: AudioFormat = { type: 'audio/pcm', rate: 24_000 };

export function defaultSession(model: string): SessionConfig {
  return {
    type: 'realtime',
    model,
    output_modalities: ['audio'],
    instructions: 'You are a helpful assistant on the phone.',
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    truncation: 'auto',
    tracing: null,
    include: null,
    audio: {
      input: {
        format: PCM,
        transcription: null,
        noise_reduction: null,
        turn_detection: complete({ type: 'server_vad' }),
      },
      output: { format: PCM, voice: 'marin', speed: 1 },
    },
  };
}

/** The session after an update. Fields of `audio.input` and `audio.output` are merged; what lies deeper is replaced. */
export function updated(session: SessionConfig, { audio, ...rest }: RealtimeSession): SessionConfig {
  const detection = audio?.input?.turn_detection;
  return {
    ...merged<SessionConfig>(session, rest),
    audio: {
      input: merged(session.audio.input, {
        ...audio?.input,
        ...(detection ? { turn_detection: complete(detection) } : {}),
      }),
      output: merged(session.audio.output, audio?.output),
    },
  };
}

/** The fields present replace, null included. */
function merged<Base extends object>(
  base: Base,
  change: { readonly [Field in keyof Base]?: Base[Field] | undefined } = {},
): Base {
  const present = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(present) };
}

/** Turn detection with the service's defaults in it. */
function complete(detection: TurnDetection): TurnDetection {
  const common = { create_response: true, interrupt_response: true };
  if (detection.type === 'semantic_vad') return { ...common, eagerness: 'auto', ...detection };
  const own = { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500, idle_timeout_ms: null };
  return { ...common, ...own, ...detection };
}

/** How long a silence ends a turn when meaning is to decide: the eager wait less. */
const SEMANTIC_SILENCE_MS = { high: 400, medium: 700, auto: 700, low: 1200 } as const;

/** How the caller is listened to. `semantic_vad` is approximated by a longer silence: a grammar knows no half sentences. */
export function hearingOf({ audio: { input } }: SessionConfig): Hearing {
  const format = formatOf(input.format);
  const detection = input.turn_detection;
  if (detection === null) return { format, detection: undefined };
  const {
    threshold = 0.5,
    prefix_padding_ms = 300,
    silence_duration_ms = 500,
  } = detection.type === 'server_vad'
    ? detection
    : { silence_duration_ms: SEMANTIC_SILENCE_MS[detection.eagerness ?? 'auto'] };
  return { format, detection: { threshold, prefixMs: prefix_padding_ms, silenceMs: silence_duration_ms } };
}

export function formatOf({ type }: AudioFormat): SpeechFormat {
  return type;
}

export const voiceName = (voice: string | { id: string }) => (typeof voice === 'string' ? voice : voice.id);

/** The service's voices told apart by the few that the simulator has, and by their pitch. */
const VOICES: Readonly<Record<string, { voice: FliteVoice; pitch: number }>> = {
  marin: { voice: 'slt', pitch: 1 },
  coral: { voice: 'slt', pitch: 1.1 },
  sage: { voice: 'slt', pitch: 0.95 },
  shimmer: { voice: 'slt', pitch: 1.2 },
  alloy: { voice: 'slt', pitch: 0.9 },
  cedar: { voice: 'rms', pitch: 1 },
  ash: { voice: 'awb', pitch: 0.95 },
  ballad: { voice: 'awb', pitch: 1.1 },
  echo: { voice: 'rms', pitch: 1 },
  verse: { voice: 'awb', pitch: 1 },
};

/** What the service has of its own. */
export const VOICE_NAMES = Object.keys(VOICES).sort();

/** A customer's own voice has an id of the service's making. */
export const isVoice = (voice: string | { id: string }): boolean =>
  typeof voice === 'string' ? voice in VOICES : voice.id.startsWith('voice_');

export function mannerOf(voice: string | { id: string }, speed: number): Manner {
  return { ...(VOICES[voiceName(voice)] ?? { voice: 'slt', pitch: 1 }), stretch: 1 / speed };
}
