import type { EngineSettings } from './hosted-engine.ts';

/** Audio and instructions are of no use to a replay: how much there was says enough. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** One thing that passed between the engine and those around it. */
export interface WireLine {
  /** Milliseconds since the call began. */
  readonly at: number;
  /** `desk`: webhooks and operators. */
  readonly wire: 'carrier' | 'model' | 'desk';
  /** `in`: to the engine. */
  readonly way: 'in' | 'out';
  /** A socket opens, or a stream of this number comes through the door. */
  readonly opens?: number;
  readonly says?: WireMessage;
  /** The code with which a socket was closed by whoever is at that end. */
  readonly closes?: number;
  /** Came while the engine was in the midst of sending what is the last before it: the far end has no network. */
  readonly within?: true;
  /** How many frames of the caller's audio had come before. */
  readonly frames?: number;
}

/** What passed on the wires of one call. */
export interface WireRecord {
  /** What the engine was made with. */
  readonly settings: EngineSettings;
  /** Audio of the caller that was passed to the model, in bytes of its format. */
  readonly appendedBytes: number;
  readonly lines: readonly WireLine[];
}

/** What passes on the wires of a call, in order. */
export class WireTape {
  readonly lines: WireLine[] = [];
  /** Audio of the caller that was passed to the model, in bytes of its format. */
  appendedBytes = 0;
  readonly #now: () => number;
  readonly #onSent: (line: WireLine) => void;
  #isSending = false;
  #frames = 0;

  /**
   * @param now - ms since the call began.
   * @param onSent - told of each line that leaves the engine, when it has left.
   */
  constructor(now: () => number, onSent: (line: WireLine) => void = () => undefined) {
    this.#now = now;
    this.#onSent = onSent;
  }

  add(line: Omit<WireLine, 'at'>): void {
    const isWithin = line.way === 'in' && this.#isSending;
    const added: WireLine = {
      at: this.#now(),
      ...line,
      ...(isWithin && { within: true }),
      ...(line.way === 'in' && this.#frames > 0 && { frames: this.#frames }),
    };
    this.lines.push(added);
    if (added.way === 'out') this.#onSent(added);
  }

  /** What the far end does while this takes its time was not told from outside. */
  sending(send: () => void): void {
    const wasSending = this.#isSending;
    this.#isSending = true;
    try {
      send();
    } finally {
      this.#isSending = wasSending;
    }
  }

  /** A message of the model's wire, as it is kept. */
  model(way: 'in' | 'out', text: string): void {
    const says = JSON.parse(text) as WireMessage;
    if (says['type'] === 'input_audio_buffer.append') {
      this.appendedBytes += bytesOf(says['audio']);
    } else if (String(says['type']).endsWith('audio.delta')) {
      this.add({ wire: 'model', way, says: { ...says, delta: bytesOf(says['delta']) } });
    } else if (says['type'] === 'session.update') {
      this.add({
        wire: 'model',
        way,
        says: { ...says, session: withoutPrompt(says['session'] as WireMessage) },
      });
    } else this.add({ wire: 'model', way, says });
  }

  /** A message of the carrier's wire, as it is kept. The caller's audio is a frame of silence every 20 ms. */
  carrier(way: 'in' | 'out', text: string): void {
    const says = JSON.parse(text) as WireMessage;
    const { event } = says;
    // Whoever accepts a stream has read these, and the leg hears what follows.
    if (event === 'connected' || event === 'start') return;
    if (event !== 'media') this.add({ wire: 'carrier', way, says });
    else if (way === 'in') this.#frames++;
    else {
      const { payload } = says['media'] as { payload: unknown };
      this.add({ wire: 'carrier', way, says: { event: 'media', bytes: bytesOf(payload) } });
    }
  }
}

/** How an agent is told what it is may change in every version; which tools it has, not. */
function withoutPrompt(session: WireMessage): WireMessage {
  const tools = session['tools'] as { name: string }[] | undefined;
  const kept = Object.entries(session).filter(([field]) => field !== 'instructions' && field !== 'tools');
  return { ...Object.fromEntries(kept), ...(tools && { tools: tools.map(({ name }) => name) }) };
}

const bytesOf = (base64: unknown) => Buffer.byteLength(String(base64), 'base64');
