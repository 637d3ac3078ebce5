import type { CallerAudioSink } from '../../../media/audio-line.ts';
import { decodedLength } from '../../../media/base64-text.ts';
import { MU_LAW_BYTES_PER_MS } from '../../../media/mu-law.ts';
import type { TypedEvent } from '../../../protocol/typed-words.ts';
import { HEADER_ROOM } from '../../sockets/text-socket.ts';
import type { KeptAudio } from '../memory/kept-audio.ts';
import { type ModelSocket, OPEN } from '../wire/model-socket.ts';
import type { SessionAudioClock } from './session-audio-clock.ts';

/** Past this the far end or the network does not take audio as fast as it is spoken. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** So much speech in one piece is not to be lost in silence: the session is as good as gone. */
const MAX_SHED_MS = 10_000;

const HEAD = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
const TAIL = Buffer.from('"}');

/** Turns the line's audio into the session's. Absent, they are the same. */
export type CallerCodec = (
  text: Buffer,
  start: number,
  end: number,
  send: (text: Buffer, start: number, end: number) => void,
) => void;

export interface CallerAudioParts {
  readonly socket: ModelSocket;
  /** What the session cannot take yet. */
  readonly kept: KeptAudio;
  /** What the session was sent last, once it is to be remembered. */
  readonly recent: KeptAudio;
  readonly codec: CallerCodec | undefined;
  /** Called with everything that is sent to the far end. */
  readonly clock: Pick<SessionAudioClock, 'passed'>;
  /** Called when more audio in a row was dropped than a conversation survives. */
  readonly onStuck: () => void;
  /** The far end is the simulator, which takes typed words beside their audio. */
  readonly takesTyped: boolean;
}

/**
 * The caller's audio on its way to the model.
 *
 * A frame costs one buffer and one send: base64 text goes between two constant
 * pieces of JSON, neither decoded nor parsed. Until the session is configured,
 * and while the socket is behind, audio is kept and sent on in order.
 */
export class CallerAudio implements CallerAudioSink {
  readonly #socket: ModelSocket;
  readonly #kept: KeptAudio;
  readonly #recent: KeptAudio;
  readonly #codec: CallerCodec | undefined;
  readonly #onStuck: () => void;
  readonly #clock: Pick<SessionAudioClock, 'passed'>;
  readonly #takesTyped: boolean;
  #shedMs = 0;
  #isOpen = false;
  #isRemembering = false;

  constructor({ socket, kept, recent, codec, clock, onStuck, takesTyped }: CallerAudioParts) {
    this.#socket = socket;
    this.#kept = kept;
    this.#recent = recent;
    this.#codec = codec;
    this.#clock = clock;
    this.#onStuck = onStuck;
    this.#takesTyped = takesTyped;
  }

  /** The session takes audio: what was kept goes first. */
  open(): void {
    this.#isOpen = true;
    this.#sendKept();
  }

  /** From now on, what is sent is remembered for a moment: another session may take over. */
  remember(): void {
    this.#isRemembering = true;
  }

  /** Another session takes over: what this one was sent last it hears first. */
  giveOver(): void {
    this.#kept.follow(this.#recent);
  }

  /** The session is gone: what comes now is kept for the next one. */
  close(): void {
    this.#isOpen = false;
  }

  callerAudio(text: Buffer, start: number, end: number): void {
    if (this.#canSend()) {
      if (!this.#kept.isEmpty) this.#sendKept();
      this.#send(text, start, end);
      return;
    }
    const droppedMs = this.#kept.keep(text, start, end);
    if (this.#isOpen) this.#shed(droppedMs);
  }

  /** In order with the audio. While audio is kept the words go their way without: then they are heard. */
  callerTyped(text: string): void {
    if (!this.#takesTyped || !this.#canSend()) return;
    if (!this.#kept.isEmpty) this.#sendKept();
    const event: TypedEvent = { type: 'simulator.typed', text };
    const json = Buffer.from(JSON.stringify(event));
    const buffer = Buffer.allocUnsafe(HEADER_ROOM + json.length);
    json.copy(buffer, HEADER_ROOM);
    this.#socket.sendText(buffer, HEADER_ROOM, buffer.length);
  }

  #canSend(): boolean {
    return (
      this.#isOpen && this.#socket.readyState === OPEN && this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES
    );
  }

  #sendKept(): void {
    for (const text of this.#kept.take()) this.#send(text, 0, text.length);
    this.#shedMs = 0;
  }

  #send(text: Buffer, start: number, end: number): void {
    if (this.#isRemembering) this.#recent.keep(text, start, end);
    this.#clock.passed(decodedLength(text, start, end) / MU_LAW_BYTES_PER_MS);
    if (this.#codec === undefined) this.#append(text, start, end);
    else this.#codec(text, start, end, this.#append);
  }

  readonly #append = (text: Buffer, start: number, end: number): void => {
    const textAt = HEADER_ROOM + HEAD.length;
    const tailAt = textAt + end - start;
    const buffer = Buffer.allocUnsafe(tailAt + TAIL.length);
    HEAD.copy(buffer, HEADER_ROOM);
    text.copy(buffer, textAt, start, end);
    TAIL.copy(buffer, tailAt);
    this.#socket.sendText(buffer, HEADER_ROOM, buffer.length);
  };

  #shed(ms: number): void {
    const before = this.#shedMs;
    this.#shedMs += ms;
    if (before <= MAX_SHED_MS && this.#shedMs > MAX_SHED_MS) this.#onStuck();
  }
}
