import type { Clock } from '../../clock.ts';

export type CancelReason = 'turn_detected' | 'client_cancelled';

/** Stops one response wherever it waits. */
export class Cancellation {
  reason: CancelReason | undefined;
  #stop: () => void = () => undefined;
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });

  /** Asked anew after every wait: a method, so that no answer is taken for granted. */
  isCancelled(): boolean {
    return this.reason !== undefined;
  }

  cancel(reason: CancelReason): void {
    this.reason ??= reason;
    this.#stop();
  }

  /** What was waited for; undefined when the response was cancelled first. */
  async or<Value>(waited: Promise<Value>): Promise<Value | undefined> {
    return Promise.race([waited, this.#stopped.then(() => undefined)]);
  }

  /** Waits so many ms, or until cancelled. */
  async pause(clock: Clock, ms: number): Promise<void> {
    if (ms <= 0 || this.isCancelled()) return;
    let timer: unknown;
    await this.or(
      new Promise<void>((resolve) => {
        timer = clock.setTimeout(resolve, ms);
      }),
    );
    clock.clearTimeout(timer);
  }
}
