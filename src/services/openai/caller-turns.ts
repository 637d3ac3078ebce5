import type { ModelFact } from '../../machines/call/call.events.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { ServerEventOf } from '../../protocol/realtime-server-events.ts';
import { cutText, MAX_LINE_CHARS } from '../transcript-line.ts';
import { usageOfTranscription } from './usage-report.ts';

/**
 * The caller's turns, as the far end's detector and its transcription tell them.
 *
 * Both tell things twice, late, or without the beginning; each is passed on once.
 */
export class CallerTurns {
  readonly #tell: (fact: ModelFact) => void;
  readonly #paddingMs: number;
  readonly #startedAtMs = new Map<string, number>();
  readonly #committed = new Set<string>();
  readonly #transcribed = new Set<string>();

  constructor(tell: (fact: ModelFact) => void, detection: AgentProfile['turnDetection']) {
    this.#tell = tell;
    this.#paddingMs = paddingOf(detection);
  }

  started({ item_id: itemId, audio_start_ms }: ServerEventOf<'input_audio_buffer.speech_started'>): void {
    if (this.#startedAtMs.has(itemId) || this.#committed.has(itemId)) return;
    this.#startedAtMs.set(itemId, audio_start_ms);
    this.#tell({ type: 'caller.startedSpeaking', itemId });
  }

  /** How long was spoken, without what the detector's offsets have around it. Speech of unknown beginning has a length of 0. */
  stopped({ item_id: itemId, audio_end_ms }: ServerEventOf<'input_audio_buffer.speech_stopped'>): void {
    const startMs = this.#startedAtMs.get(itemId) ?? audio_end_ms;
    this.#startedAtMs.delete(itemId);
    const speechMs = Math.max(0, audio_end_ms - startMs - this.#paddingMs);
    this.#tell({ type: 'caller.stoppedSpeaking', itemId, speechMs });
  }

  /** True for the first time: a turn that was not in the conversation is now. */
  committed({ item_id: itemId }: ServerEventOf<'input_audio_buffer.committed'>): boolean {
    if (this.#committed.has(itemId)) return false;
    this.#committed.add(itemId);
    this.#startedAtMs.delete(itemId);
    this.#tell({ type: 'caller.committed', itemId });
    return true;
  }

  /** The far end makes a turn of the caller's silence: nobody has said it, and nobody will write it down. */
  timedOut({ item_id: itemId }: ServerEventOf<'input_audio_buffer.timeout_triggered'>): void {
    if (this.#committed.has(itemId)) return;
    this.#committed.add(itemId);
    this.#transcribed.add(itemId);
    this.#tell({ type: 'caller.keptSilent' });
  }

  /** The words, when they are told for the first time. */
  said(
    event: ServerEventOf<'conversation.item.input_audio_transcription.completed'>,
  ): { text: string; language: string | undefined } | undefined {
    const { item_id: itemId, transcript, languages, usage } = event;
    if (this.#isTold(itemId)) return undefined;
    const language = languageOf(languages);
    const text = cutText(transcript.trim(), MAX_LINE_CHARS);
    this.#tell({ type: 'caller.said', itemId, text, ...(language === undefined ? {} : { language }) });
    if (usage) this.#tell({ type: 'usage.reported', usage: usageOfTranscription(usage) });
    return { text, language };
  }

  unclear({ item_id: itemId }: ServerEventOf<'conversation.item.input_audio_transcription.failed'>): void {
    if (!this.#isTold(itemId)) this.#tell({ type: 'caller.unclear', itemId });
  }

  #isTold(itemId: string): boolean {
    if (this.#transcribed.has(itemId)) return true;
    this.#transcribed.add(itemId);
    return false;
  }
}

/**
 * What lies between the two offsets of a turn and is not speech, in ms: the start includes the padding before it,
 * the end the silence after it (OpenAI OpenAPI, `audio_start_ms`, `audio_end_ms`). How long a detector by words
 * waits it does not say: there, nothing is taken for a noise by its length that may have been speech.
 */
const paddingOf = (detection: AgentProfile['turnDetection']) =>
  detection.type === 'server_vad' ? detection.prefix_padding_ms + detection.silence_duration_ms : 0;

/** The first language told, by its tag or by an object that holds one: sources differ. */
function languageOf(languages: readonly unknown[] | null | undefined): string | undefined {
  const first = languages?.[0];
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null) return undefined;
  const tag = 'language' in first ? first.language : 'code' in first ? first.code : undefined;
  return typeof tag === 'string' ? tag : undefined;
}
