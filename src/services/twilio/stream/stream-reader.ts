import { noteOf } from '../../../errors.ts';
import { readStreamMessage, type StreamMessage } from '../../../protocol/twilio-stream.ts';
import type { CarrierListener } from '../../phone/carrier.port.ts';
import { MediaFrame } from './media-frame.ts';

/**
 * Reads what comes on one stream, and tells it in the words of the port.
 *
 * A frame of audio is found by its bytes and passed on in the same tick:
 * nothing is decoded, copied or allocated for it. Other messages are rare and
 * read by their schema. One that cannot be read is told and skipped: Twilio
 * never repeats one, and a call is worth more than a frame.
 */
export class StreamReader {
  readonly #streamSid: string;
  readonly #frame = new MediaFrame();
  #hasStopped = false;

  constructor(streamSid: string) {
    this.#streamSid = streamSid;
  }

  read(data: Buffer, isBinary: boolean, listener: CarrierListener): void {
    if (!listener.arrived(data.length)) return;
    const frame = this.#frame;
    if (!isBinary && !this.#hasStopped && frame.read(data)) {
      listener.audio(data, frame.start, frame.end, frame.timestampMs);
      return;
    }
    this.#readSlowly(data, isBinary, listener);
  }

  #readSlowly(data: Buffer, isBinary: boolean, listener: CarrierListener): void {
    let message;
    try {
      if (isBinary) throw new TypeError('binary message');
      message = readStreamMessage(data.toString());
    } catch (thrown) {
      listener.malformed(noteOf(thrown, 'STREAM_MALFORMED'), data.length);
      return;
    }
    if (message.event === 'unknown') listener.ignored('unknown');
    else if (message.event !== 'connected' && this.#isStray(message.streamSid)) listener.strayed();
    else this.#tell(message, data, listener);
  }

  /** A message that names no stream is of the one whose socket it came on. */
  #isStray(streamSid = this.#streamSid): boolean {
    return this.#hasStopped || streamSid !== this.#streamSid;
  }

  #tell(
    message: Exclude<StreamMessage, { event: 'unknown' }>,
    data: Buffer,
    listener: CarrierListener,
  ): void {
    switch (message.event) {
      case 'media': {
        const { payload, timestamp, track } = message.media;
        if (track !== 'inbound') return;
        if (payload === '') {
          listener.ignored('empty');
          return;
        }
        this.#frame.learn(data, message);
        const text = Buffer.from(payload, 'latin1');
        listener.audio(text, 0, text.length, timestamp);
        return;
      }
      case 'mark':
        listener.mark(message.mark.name);
        return;
      case 'dtmf':
        listener.digit(message.dtmf.digit);
        return;
      case 'typed':
        listener.typed(message.typed.text);
        return;
      case 'stop':
        this.#hasStopped = true;
        listener.stopped();
        return;
      case 'connected':
      case 'start':
        // The stream server has read them; a second one means nothing.
        listener.repeated(message.event);
    }
  }
}
