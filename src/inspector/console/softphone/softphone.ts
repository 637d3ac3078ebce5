import { CarrierLeg } from './carrier-leg.ts';
import type { FromLine } from './line-messages.ts';
import type { AudioLine, Dialled, LineChoice, OpenedCall, Socket, SoftphoneDeps } from './softphone.ports.ts';
import { after, type CallEnd, IDLE, type SoftphoneNews, type SoftphoneState } from './softphone-state.ts';
import { callTrouble, type Trouble } from './trouble.ts';

/** Bytes that the network has not taken: two seconds of the caller. Older speech is not worth hearing. */
const MAX_BUFFERED_BYTES = 40_000;
/** Close codes of a peer that chose to close. Source: RFC 6455, 7.4.1. */
const CLEAN = [1000, 1001, 1005];

/** 20 ms of the line, for whoever draws it. */
export type LineFrame = Extract<FromLine, { type: 'frame' }>;

/** What belongs to one attempt to call: all of it is let go together. */
interface Attempt {
  line: AudioLine | undefined;
  socket: Socket | undefined;
  leg: CarrierLeg | undefined;
}

/**
 * The phone in the page: devices, call and stream, and what can be done in it.
 *
 * One call at a time. Hanging up works in every phase and takes effect at once,
 * whatever is still under way; what arrives after it is let go.
 */
export class Softphone {
  readonly #deps: SoftphoneDeps;
  readonly #listeners = new Set<() => void>();
  readonly #watchers = new Set<(frame: LineFrame) => void>();
  #state: SoftphoneState = IDLE;
  #attempt: Attempt | undefined;

  constructor(deps: SoftphoneDeps) {
    this.#deps = deps;
  }

  get state(): SoftphoneState {
    return this.#state;
  }

  /** Calls back on every change of the state. Answers how to stop. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls back every 20 ms of a call: too often for a page to be drawn anew. Answers how to stop. */
  readonly watch = (watcher: (frame: LineFrame) => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Calls. Never throws: what goes wrong is in the state. */
  async call(dialled: Dialled, choice: LineChoice): Promise<void> {
    if (this.#attempt !== undefined) return;
    const attempt: Attempt = { line: undefined, socket: undefined, leg: undefined };
    this.#attempt = attempt;
    this.#tell({ type: 'dialled' });
    try {
      const line = await this.#deps.openLine(choice);
      if (!this.#isCurrent(attempt)) {
        line.close();
        return;
      }
      attempt.line = line;
      this.#tell({ type: 'devicesOpened' });
      const call = await this.#deps.openCall(dialled);
      if (!this.#isCurrent(attempt)) return;
      this.#tell({ type: 'callOpened' });
      this.#openStream(attempt, line, call);
    } catch (thrown) {
      if (this.#isCurrent(attempt)) this.#fail(attempt, this.#deps.troubleOf(thrown));
    }
  }

  hangUp(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    attempt.leg?.stop();
    this.#release(attempt);
    this.#tell({ type: 'givenUp' });
    this.#close('you');
  }

  /** One key of the keypad. */
  press(digit: string): void {
    if (this.#state.phase !== 'talking') return;
    this.#attempt?.leg?.press(digit);
    this.#tell({ type: 'pressed', digit });
  }

  mute(isMuted: boolean): void {
    this.#attempt?.line?.tell({ type: 'mute', isMuted });
    this.#tell({ type: 'muted', isMuted });
  }

  /** Has the built-in voice say a sentence for the caller. Never throws. */
  async say(text: string): Promise<void> {
    const attempt = this.#attempt;
    if (attempt === undefined || this.#state.phase !== 'talking') return;
    this.#tell({ type: 'sayingBegan' });
    try {
      const audio = await this.#deps.speak(text);
      if (!this.#isCurrent(attempt)) return;
      attempt.line?.tell({ type: 'say', audio, typed: text });
      if (audio.length === 0) this.#tell({ type: 'said', sentences: 'one' });
    } catch (thrown) {
      if (!this.#isCurrent(attempt)) return;
      this.#tell({ type: 'said', sentences: 'one' });
      this.#tell({ type: 'failed', trouble: this.#deps.troubleOf(thrown) });
    }
  }

  /** Takes other devices, also in the middle of a call. Never throws. */
  async change(choice: LineChoice): Promise<void> {
    const attempt = this.#attempt;
    try {
      await attempt?.line?.change(choice);
    } catch (thrown) {
      if (attempt !== undefined && this.#isCurrent(attempt))
        this.#tell({ type: 'failed', trouble: this.#deps.troubleOf(thrown) });
    }
  }

  #isCurrent(attempt: Attempt): boolean {
    return this.#attempt === attempt;
  }

  #openStream(attempt: Attempt, line: AudioLine, { streamUrl, ...ticket }: OpenedCall): void {
    const leg = new CarrierLeg({
      ticket,
      streamSid: this.#deps.newStreamSid(),
      send: (text) => attempt.socket?.send(text),
      play: (audio) => {
        line.tell({ type: 'play', audio });
      },
      mark: (name) => {
        line.tell({ type: 'mark', name });
      },
      clear: () => {
        line.tell({ type: 'clear' });
      },
      complain: () => undefined, // The engine's mistakes are found by its tests; a caller can do nothing about them.
    });
    attempt.socket = this.#deps.connect(
      { streamUrl, token: ticket.token },
      {
        onOpen: () => {
          if (this.#isCurrent(attempt)) this.#talk(attempt, line, leg, ticket.callSid);
        },
        onText: (text) => {
          if (this.#isCurrent(attempt)) leg.receive(text);
        },
        onClose: (code) => {
          if (this.#isCurrent(attempt)) this.#closed(attempt, code);
        },
      },
    );
  }

  #talk(attempt: Attempt, line: AudioLine, leg: CarrierLeg, callSid: string): void {
    attempt.leg = leg;
    leg.start();
    line.listen((message) => {
      if (this.#isCurrent(attempt)) this.#hear(message, leg, attempt.socket?.bufferedAmount ?? 0);
    });
    this.#tell({ type: 'streamOpened', callSid, at: this.#deps.now() });
  }

  #closed(attempt: Attempt, code: number): void {
    if (attempt.leg === undefined) {
      this.#fail(attempt, callTrouble('The engine did not take the stream. Try again.'));
      return;
    }
    this.#release(attempt);
    this.#close(CLEAN.includes(code) ? 'engine' : 'network');
  }

  #hear(message: FromLine, leg: CarrierLeg, bufferedBytes: number): void {
    switch (message.type) {
      case 'frame':
        if (message.typed !== undefined) leg.typed(message.typed);
        leg.frame(message.audio, bufferedBytes > MAX_BUFFERED_BYTES);
        for (const watcher of this.#watchers) watcher(message);
        return;
      case 'mark':
        leg.heard(message.name);
        return;
      case 'said':
        this.#tell({ type: 'said', sentences: 'all' });
        return;
    }
  }

  #fail(attempt: Attempt, trouble: Trouble): void {
    this.#release(attempt);
    this.#tell({ type: 'failed', trouble });
  }

  #close(by: CallEnd): void {
    this.#tell({ type: 'closed', by, at: this.#deps.now() });
  }

  #release(attempt: Attempt): void {
    this.#attempt = undefined;
    attempt.line?.close();
    attempt.socket?.close(1000);
  }

  #tell(news: SoftphoneNews): void {
    const next = after(this.#state, news);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
