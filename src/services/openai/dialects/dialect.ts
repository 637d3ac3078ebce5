import type { ModelCapabilities } from '../../../machines/call/call.ports.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import type { ServerEvent } from '../../../protocol/realtime-server-events.ts';

/**
 * Everything in which one Realtime wire differs from another.
 *
 * The leg thinks in the GA wire's events; a dialect says them in its own words
 * and reads its own words back as GA's. Nobody asks a dialect for its name:
 * what it can do is data. A dialect belongs to one session, so one that has to
 * remember something between frames may.
 */
export interface Dialect {
  readonly capabilities: ModelCapabilities;
  /** How long the far end lets a session last, in ms. What a session says of itself may be shorter. */
  readonly sessionLimitMs: number;
  /** `type` of the frames that carry audio: they are told apart by bytes and never parsed as JSON. */
  readonly audioDeltaType: string;
  /** The same of the frames that carry the words of that audio: one comes with each. */
  readonly wordsDeltaType: string;
  /** Beside `Authorization`, what the upgrade must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the session is opened. */
  url(base: string, model: string): string;
  /** The text frame for an event; undefined when this wire has no such thing and needs none. */
  write(event: ClientEvent): string | undefined;
  /**
   * What a text frame tells, in order; nothing for what the engine does not act on.
   * @throws {EngineError} MODEL_MALFORMED when the frame cannot be read. Its message holds nothing of the frame.
   */
  read(text: string): readonly ServerEvent[];
}

/** The model goes in the query of the base URL, whatever is there already. */
export function urlWithModel(base: string, model: string): string {
  const url = new URL(base);
  url.searchParams.set('model', model);
  return url.href;
}
