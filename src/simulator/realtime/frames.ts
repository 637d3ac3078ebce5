import type { Clock } from '../../clock.ts';
import type { RealtimeFaults } from './faults.ts';

/** The client's end of a session. */
export interface SessionSocket {
  write(text: string): void;
  close(code: number, reason: string): void;
}

/** Writes frames to a client, and does to them what the faults say. */
export class Frames {
  readonly #socket: SessionSocket;
  readonly #faults: RealtimeFaults;
  readonly #clock: Clock;
  readonly #late = new Set<unknown>();

  constructor(socket: SessionSocket, faults: RealtimeFaults, clock: Clock) {
    this.#socket = socket;
    this.#faults = faults;
    this.#clock = clock;
  }

  /** @param type - of the event that the text is. */
  write(text: string, type: string): void {
    const fault = this.#faults.frames?.find((one) => one.type === type && one.count > 0);
    if (fault === undefined) {
      this.#socket.write(text);
      return;
    }
    fault.count--;
    switch (fault.how) {
      case 'late': {
        const timer = this.#clock.setTimeout(() => {
          this.#late.delete(timer);
          this.#socket.write(text);
        }, fault.byMs);
        this.#late.add(timer);
        return;
      }
      case 'doubled':
        this.#socket.write(text);
        this.#socket.write(text);
        return;
      case 'malformed':
        this.#socket.write(text.slice(0, text.length >> 1));
        return;
      case 'closed':
        this.#socket.close(fault.code, '');
    }
  }

  /** What is late does not come any more. */
  close(): void {
    for (const timer of this.#late) this.#clock.clearTimeout(timer);
    this.#late.clear();
  }
}
