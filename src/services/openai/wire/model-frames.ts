import type { Clock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';
import type { AudioTag } from '../../../media/heard.ts';
import type { ServerEvent, ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import type { Log } from '../../../log.ts';
import { BadFrames } from './bad-frames.ts';
import { DeltaFrame } from './delta-frame.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { isPlainText } from './plain-text.ts';

interface FramesDeps {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly log: Log;
  readonly onAudio: (tag: AudioTag, text: Buffer, start: number, end: number) => void;
  readonly onWords: (itemId: string, words: string) => void;
  readonly onEvent: (event: Exclude<ServerEvent, { type: 'response.output_audio.delta' }>) => void;
  /** So many frames could not be read that the far end speaks something else. */
  readonly onNonsense: () => void;
}

/**
 * What comes in, told apart: deltas by their bytes, everything else by the dialect.
 * Words that JSON escapes are everything else. Frames that cannot be read are skipped.
 */
export class ModelFrames {
  readonly #deps: FramesDeps;
  readonly #audioDelta: DeltaFrame;
  readonly #wordsDelta: DeltaFrame;
  readonly #bad: BadFrames;

  constructor(deps: FramesDeps) {
    this.#deps = deps;
    this.#audioDelta = new DeltaFrame(deps.dialect.audioDeltaType);
    this.#wordsDelta = new DeltaFrame(deps.dialect.wordsDeltaType);
    this.#bad = new BadFrames(deps.clock);
  }

  read(data: Buffer, isBinary: boolean): void {
    if (!isBinary && this.#audioDelta.read(data)) {
      const { tag, start, end } = this.#audioDelta;
      this.#deps.onAudio(tag, data, start, end);
      return;
    }
    if (!isBinary && this.#wordsDelta.read(data)) {
      const { tag, start, end } = this.#wordsDelta;
      this.#deps.onWords(tag.itemId, data.toString('latin1', start, end));
      return;
    }
    for (const event of this.#eventsOf(data, isBinary)) {
      if (event.type === 'response.output_audio.delta') this.#audio(event);
      else this.#deps.onEvent(event);
    }
  }

  #eventsOf(data: Buffer, isBinary: boolean): readonly ServerEvent[] {
    try {
      if (isBinary) throw new EngineError('MODEL_MALFORMED', 'a binary message');
      return this.#deps.dialect.read(data.toString('utf8'));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#skip(error, data.length);
      return [];
    }
  }

  /** An audio frame in a layout that the fast way does not know. */
  #audio(event: ServerEventOf<'response.output_audio.delta'>): void {
    const text = Buffer.from(event.delta);
    if (!isPlainText(text, 0, text.length)) {
      this.#skip(new EngineError('MODEL_MALFORMED', 'audio that is not base64'), text.length);
      return;
    }
    const tag = { responseId: event.response_id, itemId: event.item_id, contentIndex: event.content_index };
    this.#deps.onAudio(tag, text, 0, text.length);
  }

  #skip({ code, message }: EngineError, bytes: number): void {
    this.#deps.log.warn({ code, detail: message, bytes }, 'invalid model message, skipped');
    if (this.#bad.add()) this.#deps.onNonsense();
  }
}
