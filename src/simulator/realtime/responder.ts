import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import { responseRefusal } from './parameter-rules.ts';
import { type Refusal, refusal } from './refusal.ts';
import { type CancelReason, Response } from './response.ts';
import type { Room } from './room.ts';

/** The responses of a session: one of the conversation at a time, others beside it. */
export class Responder {
  readonly #room: Room;
  readonly #running = new Set<Response>();
  readonly #finished: (response: Response) => void;

  /** @param finished - told when a response of the conversation is done. */
  constructor(room: Room, finished: (response: Response) => void) {
    this.#room = room;
    this.#finished = finished;
  }

  get active(): Response | undefined {
    return [...this.#running].find(({ isDefault }) => isDefault);
  }

  create(params: ResponseParams = {}): Refusal | undefined {
    const { config, conversation } = this.#room;
    const refused = responseRefusal(params, config, (id) => conversation.find(id) !== undefined);
    if (refused !== undefined) return refused;
    const response = new Response(this.#room, params, (done) => {
      this.#running.delete(done);
      if (done.isDefault) this.#finished(done);
    });
    const { active } = this;
    if (response.isDefault && active !== undefined) {
      const message = `Conversation already has an active response in progress: ${active.id}. Wait until the response is finished before creating a new one.`;
      return refusal('conversation_already_has_active_response', message);
    }
    this.#running.add(response);
    response.run();
    return undefined;
  }

  /** @param id - of which; without one, the response of the conversation. */
  cancel(reason: CancelReason, id?: string): Refusal | undefined {
    const response = id === undefined ? this.active : [...this.#running].find((running) => running.id === id);
    if (response === undefined) {
      return refusal('response_cancel_not_active', 'Cancellation failed: no active response found');
    }
    response.cancel(reason);
    return undefined;
  }

  /** The session is over: nothing more is sent. */
  close(): void {
    for (const response of this.#running) response.drop();
  }
}
