import { CarrierLeg } from './carrier-leg.ts';
import type { FromLine } from './line-messages.ts';
import type { SoftphoneCall } from '../../src/protocol/console-softphone.ts';
import type { DeviceLine, Dialled, LineChoice, Socket, SoftphoneDeps } from './softphone.ports.ts';
import { after, type CallEnd, IDLE, type SoftphoneNews, type SoftphoneState } from './softphone-state.ts';
import { callTrouble, type Trouble } from './trouble.ts';

/** The most bytes that wait for the network, some 2 s of the caller: older speech is not worth hearing. */
const MAX_BUFFERED_BYTES = 40_000;
/** Close codes of a peer that chose to close. Source: RFC 6455, 7.4.1. */
const CLEAN = [1000, 1001, 1005];

/** 20 ms of the line, for a meter to draw. */
export type LineFrame = Extract<FromLine, { type: 'frame' }>;

/** What belongs to one attempt to call: it is closed together. */
interface Attempt {
  line: DeviceLine | undefined;
  socket: Socket | undefined;
  leg: CarrierLeg | undefined;
}

/**
 * Runs the phone in the page: opens the devices, the call and its stream.
 *
 * One call at a time. Hanging up works in every phase and takes effect at once,
 * whatever is still under way; what arrives after it is ignored.
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

  /** Calls `listener` on every change of the state. @returns a function that ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls `watcher` every 20 ms of a call, too often to render a page. @returns a function that ends it. */
  readonly watch = (watcher: (frame: LineFrame) => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Calls an agent. Never throws: what goes wrong is in the state. */
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

  /** Presses one key: `0` to `9`, `*`, `#`. */
  press(digit: string): void {
    if (this.#state.phase !== 'talking') return;
    this.#attempt?.leg?.press(digit);
    this.#tell({ type: 'pressed', digit });
  }

  mute(isMuted: boolean): void {
    this.#attempt?.line?.tell({ type: 'mute', isMuted });
    this.#tell({ type: 'muted', isMuted });
  }

  /** Has the built-in voice say a sentence for the caller. Never throws: what goes wrong is in the state. */
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

  /** Changes the devices, also during a call. Never throws: what goes wrong is in the state. */
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

  #openStream(attempt: Attempt, line: DeviceLine, { streamUrl, ...ticket }: SoftphoneCall): void {
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

  #talk(attempt: Attempt, line: DeviceLine, leg: CarrierLeg, callSid: string): void {
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
