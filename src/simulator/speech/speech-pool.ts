import type { Worker } from 'node:worker_threads';
import { EngineError, type ErrorNote, ERRORS } from '../../errors.ts';
import { startThread } from '../../thread.ts';
import type { Grammar } from '../scenario-grammar.ts';
import type { Manner } from './flite.ts';
import type { EarListener, OpenEar, Speech } from './speech.ts';
import type { EarOrder, FromThread, Hearing, SpeechFormat, SpeechTask, ToThread } from './speech-messages.ts';
import type { VoiceFact } from './voice-activity.ts';

interface Waiting {
  readonly resolve: (result: Uint8Array | string | undefined) => void;
  readonly reject: (error: EngineError) => void;
}

interface Listening {
  hearing: Hearing;
  readonly hears: (fact: VoiceFact) => void;
}

/**
 * All speech of a process, in two threads: one listens, one speaks and
 * recognises. So a sentence of 50 ms computing never delays the news that
 * somebody began to speak, and the main loop does neither.
 *
 * A thread that dies is started again. What was asked of it fails with
 * SPEECH_UNAVAILABLE; ears go on, without the turn they were in.
 */
export class SpeechPool implements Speech {
  readonly #grammar: Grammar;
  readonly #ears = new Map<number, Listening>();
  readonly #tasks = new Map<number, Waiting>();
  #lastId = 0;
  #isClosed = false;
  #listener: Worker;
  #speaker: Worker;

  private constructor(grammar: Grammar) {
    this.#grammar = grammar;
    this.#listener = this.#startListener();
    this.#speaker = this.#startSpeaker();
  }

  /**
   * Starts the threads and loads every part, so that the first call waits for nothing: about a second.
   * @throws {EngineError} SPEECH_UNAVAILABLE when an optional package is not installed; names it.
   */
  static async start(grammar: Grammar): Promise<SpeechPool> {
    const pool = new SpeechPool(grammar);
    try {
      const warmUp = pool.say('Hello.', { voice: 'slt' }, 'audio/pcmu');
      await Promise.all([warmUp, pool.#recognise(new Float32Array(1600))]);
    } catch (thrown) {
      await pool.close();
      throw thrown;
    }
    return pool;
  }

  async say(text: string, manner: Manner, format: SpeechFormat): Promise<Uint8Array> {
    const audio = await this.#ask({ type: 'say', text, manner, format });
    return audio instanceof Uint8Array ? audio : new Uint8Array(0);
  }

  listen(hearing: Hearing, listener: EarListener): OpenEar {
    const id = ++this.#lastId;
    const order = (given: EarOrder) => {
      this.#send(this.#listener, { to: 'ear', ear: id, order: given });
    };
    const taken: ((words: Promise<string | undefined>) => void)[] = [];
    let words: () => Promise<string | undefined> = () => Promise.resolve(undefined);
    const listening: Listening = {
      hearing,
      hears: (fact) => {
        if (fact.type === 'started') listener.started(fact.startMs);
        else if (fact.type === 'stopped') listener.stopped(fact.endMs, words);
        else {
          const { samples } = fact;
          let recognised: Promise<string | undefined> | undefined;
          words = () => {
            recognised ??= this.#recognise(samples);
            recognised.catch(() => undefined); // Told to whoever awaits the turn's words.
            return recognised;
          };
          const take = taken.shift();
          if (take !== undefined) take(words());
          else if (!listener.knowsWords()) void words();
        }
      },
    };
    this.#ears.set(id, listening);
    order({ type: 'listen', hearing });
    return {
      hear: (audio) => {
        order({ type: 'hear', audio });
      },
      listen: (changed) => {
        listening.hearing = changed;
        order({ type: 'listen', hearing: changed });
      },
      take: () =>
        new Promise((resolve) => {
          taken.push(resolve);
          order({ type: 'take' });
        }),
      clear: () => {
        order({ type: 'clear' });
      },
      close: () => {
        this.#ears.delete(id);
        order({ type: 'close' });
      },
    };
  }

  /** Stops the threads; what is still asked of them fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#failTasks();
    await Promise.all([this.#listener.terminate(), this.#speaker.terminate()]);
  }

  async #recognise(samples: Float32Array<ArrayBuffer>): Promise<string | undefined> {
    const text = await this.#ask({ type: 'recognise', samples }, [samples.buffer]);
    return typeof text === 'string' ? text : undefined;
  }

  #ask(task: SpeechTask, moved: ArrayBuffer[] = []): Promise<Uint8Array | string | undefined> {
    if (this.#isClosed)
      return Promise.reject(new EngineError('SPEECH_UNAVAILABLE', 'the speech thread was stopped'));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#tasks.set(id, { resolve, reject });
      this.#send(this.#speaker, { to: 'task', id, task }, moved);
    });
  }

  #send(thread: Worker, message: ToThread, moved: ArrayBuffer[] = []): void {
    if (!this.#isClosed) thread.postMessage(message, moved);
  }

  #startListener(): Worker {
    return this.#start(() => {
      this.#listener = this.#startListener();
      for (const [ear, { hearing }] of this.#ears) {
        this.#send(this.#listener, { to: 'ear', ear, order: { type: 'listen', hearing } });
      }
    });
  }

  #startSpeaker(): Worker {
    return this.#start(() => {
      this.#failTasks();
      this.#speaker = this.#startSpeaker();
    });
  }

  #start(restart: () => void): Worker {
    const thread = startThread(new URL('./speech.worker.ts', import.meta.url), {
      workerData: { grammar: this.#grammar },
    });
    thread.unref();
    let isSound = false;
    thread.on('message', (message: FromThread) => {
      isSound = true;
      this.#take(message);
    });
    thread.on('error', () => undefined); // Told again by `exit`, which also tells of deaths without an error.
    thread.on('exit', () => {
      if (this.#isClosed) return;
      if (isSound) restart();
      else void this.close(); // It would die again.
    });
    return thread;
  }

  #take(message: FromThread): void {
    if (message.from === 'ear') {
      this.#ears.get(message.ear)?.hears(message.fact);
      return;
    }
    const waiting = this.#tasks.get(message.id);
    this.#tasks.delete(message.id);
    if ('error' in message) waiting?.reject(thrownAgain(message.error));
    else waiting?.resolve(message.result);
  }

  #failTasks(): void {
    const lost = [...this.#tasks.values()];
    this.#tasks.clear();
    for (const { reject } of lost) reject(new EngineError('SPEECH_UNAVAILABLE', 'the speech thread stopped'));
  }
}

/** An error of a thread; its text is not put in front a second time. */
function thrownAgain({ code, message }: ErrorNote): EngineError {
  return new EngineError(code, message.replace(`${ERRORS[code].text}: `, ''));
}
