import type { ConversationFact } from '../../../machines/session/session.events.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import { cutText, MAX_LINE_CHARS } from '../../../protocol/transcript-line.ts';
import type { CallerWords } from '../memory/caller-words.ts';
import type { SessionAudioClock } from './session-audio-clock.ts';
import { TurnNames } from './turn-names.ts';
import { usageOfTranscription } from './usage-report.ts';

/** Where a turn began: in the session's audio, where the far end says so, and by the clock. */
interface Beginning {
  readonly audioMs: number | undefined;
  readonly steadyMs: number;
}

/**
 * The caller's turns, as the far end's detector and its transcription tell them.
 *
 * Both tell things twice, late, or without the beginning; each is passed on once.
 */
export class CallerTurns {
  readonly #tell: (fact: ConversationFact) => void;
  readonly #steady: () => number;
  readonly #audioClock: Pick<SessionAudioClock, 'agoOf'>;
  readonly #words: CallerWords;
  readonly #padding: Padding | undefined;
  readonly #names: TurnNames;
  readonly #began = new Map<string, Beginning>();
  readonly #committed = new Set<string>();
  readonly #transcribed = new Set<string>();

  /**
   * @param steady - milliseconds of a clock that never jumps.
   * @param ordinal - which session of the call it is.
   */
  constructor(
    tell: (fact: ConversationFact) => void,
    detection: AgentProfile['turnDetection'],
    steady: () => number,
    audioClock: Pick<SessionAudioClock, 'agoOf'>,
    words: CallerWords,
    ordinal: number,
  ) {
    this.#words = words;
    this.#names = new TurnNames(ordinal);
    this.#tell = tell;
    this.#audioClock = audioClock;
    this.#padding = paddingOf(detection);
    this.#steady = steady;
  }

  started({ item_id, audio_start_ms }: ServerEventOf<'input_audio_buffer.speech_started'>): void {
    const itemId = this.#names.started(item_id);
    if (this.#began.has(itemId) || this.#committed.has(itemId)) return;
    this.#began.set(itemId, { audioMs: audio_start_ms, steadyMs: this.#steady() });
    const soundMs = this.#soundMs(audio_start_ms);
    this.#tell({ type: 'caller.startedSpeaking', itemId, ...(soundMs !== undefined && { soundMs }) });
  }

  /** How long was spoken, without what the detector's offsets have around it. Speech of unknown beginning has a length of 0. */
  stopped({ item_id, audio_end_ms }: ServerEventOf<'input_audio_buffer.speech_stopped'>): void {
    const itemId = this.#names.stopped(item_id);
    const began = this.#began.get(itemId);
    this.#began.delete(itemId);
    const speechMs = began === undefined ? 0 : Math.max(0, this.#spokenMs(began, audio_end_ms));
    this.#tell({ type: 'caller.stoppedSpeaking', itemId, speechMs, ...this.#silence(audio_end_ms) });
  }

  /** How long ago the caller's first sound was, where the detector says what its offset has before it. */
  #soundMs(startMs: number | undefined): number | undefined {
    if (startMs === undefined || this.#padding === undefined) return undefined;
    return this.#audioClock.agoOf(startMs + this.#padding.prefixMs);
  }

  /**
   * How long the caller has been silent: since the place in the audio at which the turn ended, less the silence that
   * ended it. Where one of the two is not told, it was at least the other.
   */
  #silence(endMs: number | undefined): { silentMs: number; isAtLeast?: true } {
    const waitedMs = this.#padding?.silenceMs;
    const sinceMs = endMs === undefined ? undefined : this.#audioClock.agoOf(endMs - (waitedMs ?? 0));
    if (waitedMs !== undefined && sinceMs !== undefined) return { silentMs: sinceMs };
    return { silentMs: sinceMs ?? waitedMs ?? 0, isAtLeast: true };
  }

  #spokenMs({ audioMs, steadyMs }: Beginning, endMs: number | undefined): number {
    const { prefixMs, silenceMs } = this.#padding ?? { prefixMs: 0, silenceMs: 0 };
    if (audioMs !== undefined && endMs !== undefined) return endMs - audioMs - prefixMs - silenceMs;
    return Math.round(this.#steady() - steadyMs - silenceMs);
  }

  /** True for the first time: a turn that was not in the conversation is now. */
  committed({ item_id }: ServerEventOf<'input_audio_buffer.committed'>): boolean {
    const itemId = this.#names.committed(item_id);
    if (this.#committed.has(itemId)) return false;
    this.#committed.add(itemId);
    this.#began.delete(itemId);
    this.#tell({ type: 'caller.committed', itemId });
    return true;
  }

  /** The far end makes a turn of the caller's silence: nobody has said it, and nobody will write it down. */
  timedOut({ item_id }: ServerEventOf<'input_audio_buffer.timeout_triggered'>): void {
    const itemId = this.#names.stopped(item_id);
    if (this.#committed.has(itemId)) return;
    this.#committed.add(itemId);
    this.#transcribed.add(itemId);
    this.#tell({ type: 'caller.keptSilent' });
  }

  /** Some of the words, while the rest is being written down. */
  wording({ item_id, delta }: ServerEventOf<'conversation.item.input_audio_transcription.delta'>): void {
    const itemId = this.#names.wording(item_id);
    if (itemId !== undefined && delta && !this.#transcribed.has(itemId)) this.#words.add(itemId, delta);
  }

  /** The words, when they are told for the first time. */
  said(
    event: ServerEventOf<'conversation.item.input_audio_transcription.completed'>,
  ): { text: string; language: string | undefined } | undefined {
    const { item_id, transcript, languages, usage } = event;
    const itemId = this.#names.worded(item_id);
    if (this.#isTold(itemId)) return undefined;
    const language = languageOf(languages);
    const text = cutText(transcript.trim(), MAX_LINE_CHARS);
    this.#tell({ type: 'caller.said', itemId, text, ...(language === undefined ? {} : { language }) });
    if (usage) this.#tell({ type: 'usage.reported', usage: usageOfTranscription(usage) });
    return { text, language };
  }

  unclear({ item_id }: ServerEventOf<'conversation.item.input_audio_transcription.failed'>): void {
    const itemId = this.#names.worded(item_id);
    if (!this.#isTold(itemId)) this.#tell({ type: 'caller.unclear', itemId });
  }

  /** A turn has begun, and is not in the conversation yet. */
  get isOpen(): boolean {
    return this.#names.isOpen;
  }

  /** Words of a turn are on their way. */
  get areWordsDue(): boolean {
    return this.#names.wordless.some((itemId) => !this.#transcribed.has(itemId));
  }

  /** The session is gone: words that were on their way will not come. True when some of a turn were lost with it. */
  lost(): boolean {
    const wordless = [...this.#names.wordless];
    for (const itemId of wordless) if (!this.#isTold(itemId)) this.#tell({ type: 'caller.unclear', itemId });
    return wordless.length > 0 || this.#names.isOpen;
  }

  #isTold(itemId: string): boolean {
    this.#words.settle(itemId);
    if (this.#transcribed.has(itemId)) return true;
    this.#transcribed.add(itemId);
    return false;
  }
}

interface Padding {
  readonly prefixMs: number;
  readonly silenceMs: number;
}

/**
 * What lies between the two offsets of a turn and is not speech, in ms: the start includes the padding before it,
 * the end the silence after it (OpenAI OpenAPI, `audio_start_ms`, `audio_end_ms`). How long a detector by words
 * waits it does not say: there, nothing is taken for a noise by its length that may have been speech.
 */
const paddingOf = (detection: AgentProfile['turnDetection']): Padding | undefined =>
  detection.type === 'server_vad'
    ? { prefixMs: detection.prefix_padding_ms, silenceMs: detection.silence_duration_ms }
    : undefined;

/** The first language told, by its tag or by an object that holds one: sources differ. */
function languageOf(languages: readonly unknown[] | null | undefined): string | undefined {
  const first = languages?.[0];
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null) return undefined;
  const tag = 'language' in first ? first.language : 'code' in first ? first.code : undefined;
  return typeof tag === 'string' ? tag : undefined;
}
