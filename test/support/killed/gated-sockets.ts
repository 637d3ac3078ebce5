import { EventEmitter } from 'node:events';
import type { ModelSocket, UpgradeAnswer } from '../../../src/services/openai/wire/model-socket.ts';
import { EngineEnd } from '../stream-pair.ts';
import { betaClientEvent, betaServerEvent } from '../golden/beta-wire.ts';
import type { FarModel } from '../turn-taking/far-model.ts';
import type { Life } from './life.ts';

const NAME = /"(?:event|type)":"([^"]+)"/;
/** The caller's audio: fifty a second, and nothing hangs on one of them. */
const AUDIO_IN = 'input_audio_buffer.append';
const AUDIO = /"audio":"([^"]+)"/;

const nameOf = (text: string) => NAME.exec(text)?.[1] ?? 'something';

/** The engine's end of a stream of the carrier's, as long as its process lives. */
export class GatedStream extends EngineEnd {
  readonly #life: Life;
  #isClogged = false;

  constructor(life: Life) {
    super();
    this.#life = life;
  }

  override sendText(buffer: Buffer, start: number, end: number): void {
    const what = `${nameOf(buffer.toString('latin1', start, Math.min(end, start + 80)))} to the carrier`;
    this.#life.act(what, () => {
      if (!this.#isClogged) super.sendText(buffer, start, end);
    });
  }

  override close(code: number, reason: string): void {
    if (this.readyState !== 1) return;
    this.#life.act('close of the stream', () => {
      super.close(code, reason);
    });
  }

  override terminate(): void {
    if (this.readyState !== 1) return;
    this.#life.act('end of the stream', () => {
      super.terminate();
    });
  }

  override hears(message: object | Buffer, isBinary = false): void {
    this.#life.hears(() => {
      super.hears(message, isBinary);
    });
  }

  /** From now on the network takes nothing more from the engine. */
  clogs(): void {
    this.bufferedAmount = Number.MAX_SAFE_INTEGER;
    this.#isClogged = true;
  }

  /** Its process is gone, or the network. */
  breaks(code = 1006): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.far?.emit('close', code);
    if (!this.#life.isOver) this.emit('close', code);
  }
}

/** The engine's end of a model's socket, as long as its process lives. The far model speaks GA; the wire may be beta. */
export class GatedModel extends EventEmitter implements ModelSocket {
  readonly #life: Life;
  readonly #far: FarModel;
  readonly #isBeta: boolean;
  readonly #onAudio: (audio: string) => void;

  /** @param onAudio - told of the caller's audio, in base64. */
  constructor(life: Life, far: FarModel, dialect: 'ga' | 'beta', onAudio: (audio: string) => void) {
    super();
    this.#onAudio = onAudio;
    this.#life = life;
    this.#far = far;
    this.#isBeta = dialect === 'beta';
    const emit = (event: string, ...told: unknown[]) => {
      life.hears(() => {
        this.emit(event, ...told);
      });
    };
    far.on('open', () => {
      emit('open');
    });
    far.on('message', (data: Buffer) => {
      emit('message', this.#isBeta ? Buffer.from(betaServerEvent(data.toString())) : data, false);
    });
    far.on('error', (error: Error) => {
      emit('error', error);
    });
    far.on('unexpected-response', (_: unknown, answer: UpgradeAnswer) => {
      emit('unexpected-response', undefined, answer);
    });
    far.on('pong', () => {
      emit('pong');
    });
    far.on('close', (code: number) => {
      emit('close', code);
    });
  }

  get readyState(): number {
    return this.#far.readyState;
  }
  get bufferedAmount(): number {
    return this.#far.bufferedAmount;
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    const name = nameOf(buffer.toString('latin1', start, Math.min(end, start + 80)));
    if (name === AUDIO_IN) {
      if (!this.#life.isOver) this.#onAudio(AUDIO.exec(buffer.toString('latin1', start, end))?.[1] ?? '');
      return;
    }
    this.#life.act(`${name} to the model`, () => {
      const text = buffer.toString('utf8', start, end);
      this.#far.send(this.#isBeta ? betaClientEvent(text) : text);
    });
  }

  ping(): void {
    if (!this.#life.isOver) this.#far.ping();
  }

  close(code = 1005): void {
    if (this.readyState === 3) return;
    this.#life.act('close of the session', () => {
      this.#far.close(code);
    });
  }

  terminate(): void {
    if (this.readyState === 3) return;
    this.#life.act('end of the session', () => {
      this.#far.terminate();
    });
  }
}
