import type { AudioTag, Playing } from './heard.ts';

/**
 * The audio line: two one-way lanes between the legs of a call.
 *
 *     phone leg  ── callerAudio ──▶  model leg      20 ms frames
 *     phone leg  ◀── agentAudio ───  model leg      deltas of any length
 *
 * Audio passes by plain function call, in order, in the tick it arrived. It is
 * base64 text of mu-law (8000 Hz, mono), passed as a range of the buffer that
 * the wire delivered: not decoded, not copied, not turned into a string. A
 * receiver that keeps audio beyond the call must copy it. No chart sees it
 * (docs/decisions/0002-audio-never-enters-the-chart.md).
 *
 * Each leg sets its sink when it starts and takes it away when it stops. A lane
 * without a sink swallows audio, which is what a phone does.
 */
export class AudioLine {
  #model: CallerAudioSink | undefined;
  #phone: AgentAudioSink | undefined;

  /** Where the caller's audio goes: set by the model leg. */
  listenAsModel(sink: CallerAudioSink | undefined): void {
    this.#model = sink;
  }

  /** One that listens as the model leaves its place to another. One that does not listen has none. */
  replaceModel(sink: CallerAudioSink, by: CallerAudioSink): void {
    if (this.#model === sink) this.#model = by;
  }

  /** Where the agent's audio goes: set by the phone leg. */
  listenAsPhone(sink: AgentAudioSink | undefined): void {
    this.#phone = sink;
  }

  /** Caller audio, base64 text of mu-law at `text[start, end)`. */
  callerAudio(text: Buffer, start: number, end: number): void {
    this.#model?.callerAudio(text, start, end);
  }

  /** Words that were typed: those of the caller's audio that follows. For a far end that takes them; others hear. */
  callerTyped(text: string): void {
    this.#model?.callerTyped?.(text);
  }

  /** Agent audio, base64 text of mu-law at `text[start, end)`. */
  agentAudio(tag: AudioTag, text: Buffer, start: number, end: number): void {
    this.#phone?.agentAudio(tag, text, start, end);
  }

  /** No more audio of this item will come (its generation ended or was cancelled). */
  agentItemEnded(tag: AudioTag): void {
    this.#phone?.agentItemEnded(tag);
  }

  /** What of the agent is being heard now: items that are not reported, in order. Empty without a phone. */
  playing(): readonly Playing[] {
    return this.#phone?.playing?.() ?? [];
  }

  /** No more audio of this response will come. Answered, once all of it was heard, by `playback.finished`. */
  agentResponseEnded(responseId: string): void {
    this.#phone?.agentResponseEnded(responseId);
  }
}

/** The end of the line held by the model leg. */
export interface CallerAudioSink {
  callerAudio(text: Buffer, start: number, end: number): void;
  callerTyped?(text: string): void;
}

/** The end of the line held by the phone leg. */
export interface AgentAudioSink {
  agentAudio(tag: AudioTag, text: Buffer, start: number, end: number): void;
  agentItemEnded(tag: AudioTag): void;
  agentResponseEnded(responseId: string): void;
  /** Absent where nobody hears what comes. */
  playing?(): readonly Playing[];
}
