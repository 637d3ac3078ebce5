import type { EventEmitter } from 'node:events';

/** L8 in words; what breaks it is told with this. */
const SENTENCE =
  'One default response at a time: none begins while another is active, and none is asked for while one is active, or asked for.';

interface WireEvent {
  readonly type: string;
  readonly event_id?: string;
  readonly response?: {
    readonly id?: string;
    readonly conversation?: string;
    readonly conversation_id?: string | null;
    readonly metadata?: unknown;
  };
  readonly error?: { readonly event_id?: string | null };
}

/** Watches the wire to a model, as the engine sees it: what it sends when it sends it, what it is told when it is told. */
export class ModelWire {
  /** What broke the law, a sentence each. */
  readonly faults: string[] = [];
  /** The last messages of the kinds that matter, for whoever reads a fault. */
  readonly #log: string[] = [];
  /** Default responses that are active. */
  readonly #active = new Set<string>();
  /** The request for one that was neither begun nor refused. */
  #asked: string | undefined;

  /**
   * Before anybody else listens: who answers a message does so before the next listener hears of it.
   * @param socket - emits `message` for what the model says, and `sent` for what the engine does.
   */
  constructor(socket: EventEmitter) {
    socket.on('sent', (text: string) => {
      this.#sent(JSON.parse(text) as WireEvent);
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.#told(readEvent(data.toString()));
    });
  }

  #sent({ type, event_id = '', response }: WireEvent): void {
    if (type === 'response.cancel') this.#log.push('asked to cancel');
    if (type !== 'response.create' || response?.conversation === 'none') return;
    this.#log.push('asked for a response');
    if (this.#active.size > 0) this.#fault(`one is asked for while ${[...this.#active].join()} is active`);
    if (this.#asked !== undefined) this.#fault('one is asked for while another is asked for');
    this.#asked = event_id;
  }

  #told({ type, response, error }: WireEvent): void {
    const id = response?.id ?? '';
    if (type === 'error' && error?.event_id === this.#asked) this.#asked = undefined;
    if (type === 'response.created' && response?.conversation_id !== null) {
      this.#log.push(`${id} begins`);
      if (this.#active.size > 0) this.#fault(`${id} begins while ${[...this.#active].join()} is active`);
      this.#active.add(id);
      // What the far end begins by itself says that it has none.
      if (response?.metadata !== null) this.#asked = undefined;
    }
    if (type === 'response.done' && this.#active.delete(id)) this.#log.push(`${id} is done`);
  }

  #fault(what: string): void {
    this.faults.push(`${what}\n    the law: ${SENTENCE}\n    the wire: ${this.#log.slice(-8).join('; ')}`);
  }
}

/** A far end may say what is no JSON. */
function readEvent(text: string): WireEvent {
  try {
    return JSON.parse(text) as WireEvent;
  } catch {
    return { type: '' };
  }
}
