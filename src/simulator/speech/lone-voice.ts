import type { Worker } from 'node:worker_threads';
import { EngineError, ERRORS } from '../../errors.ts';
import { startThread } from '../../thread.ts';
import type { FromThread, ToThread } from './speech-messages.ts';

interface Waiting {
  readonly resolve: (audio: Uint8Array) => void;
  readonly reject: (error: EngineError) => void;
}

/**
 * The built-in voice without ears, for callers who type. Its thread begins with
 * the first sentence and is begun again when it has died.
 */
export class LoneVoice {
  readonly #asked = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #lastId = 0;

  /**
   * Says a sentence: mu-law at 8000 Hz. Some 50 ms; the first one half a second.
   * @throws {EngineError} `SPEECH_UNAVAILABLE` when the optional package is not installed; names it.
   */
  say(text: string): Promise<Uint8Array> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#thread ??= this.#start();
      const task = { type: 'say', text, manner: { voice: 'rms' }, format: 'audio/pcmu' } as const;
      this.#thread.postMessage({ to: 'task', id, task } satisfies ToThread);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    // It has no ears, so it needs no words to listen for.
    const thread = startThread(new URL('./speech.worker.ts', import.meta.url), {
      workerData: { grammar: undefined },
    });
    thread.unref();
    thread.on('message', (message: FromThread) => {
      if (message.from !== 'task') return;
      const waiting = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      if ('error' in message) {
        const { code, message: told } = message.error;
        waiting?.reject(new EngineError(code, told.replace(`${ERRORS[code].text}: `, '')));
      } else waiting?.resolve(message.result instanceof Uint8Array ? message.result : new Uint8Array(0));
    });
    thread.on('error', () => undefined); // Told again by `exit`.
    thread.on('exit', () => {
      this.#thread = undefined;
      const lost = [...this.#asked.values()];
      this.#asked.clear();
      for (const { reject } of lost)
        reject(new EngineError('SPEECH_UNAVAILABLE', 'the speech thread stopped'));
    });
    return thread;
  }
}
