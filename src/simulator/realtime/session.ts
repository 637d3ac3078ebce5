import { MAX_APPEND_BYTES, type ClientEvent } from '../../protocol/realtime-client-events.ts';
import type { RealtimeSession as SessionUpdate } from '../../protocol/realtime-session.ts';
import type { Scenario } from '../scenario.ts';
import { Conversation } from './conversation.ts';
import { Dialogue } from './dialogue.ts';
import { updateRefusal } from './parameter-rules.ts';
import { readClientEvent, type Refusal, refusal } from './refusal.ts';
import { Responder } from './responder.ts';
import type { Room } from './room.ts';
import { defaultSession, updated } from './session-config.ts';
import { TurnTaking } from './turn-taking.ts';
import { typedIn } from './typed-turns.ts';
import { newId, Wire } from './wire.ts';

/** The service ends every session after an hour. */
const SESSION_LIMIT_MS = 3_600_000;

/** The client's end of a session. */
export interface SessionSocket {
  write(text: string): void;
  close(code: number, reason: string): void;
}

export interface SessionOptions extends Pick<Room, 'speech' | 'clock' | 'faults'> {
  readonly scenario: Scenario;
  readonly model: string;
  readonly socket: SessionSocket;
}

/** One Realtime session, from `session.created` to the close of its socket. */
export class RealtimeSession {
  readonly #room: Room;
  readonly #responder: Responder;
  readonly #turns: TurnTaking;
  readonly #id = newId('sess');
  readonly #expiresAt: number;
  readonly #expiry: unknown;

  constructor({ scenario, model, socket, ...shared }: SessionOptions) {
    this.#room = {
      ...shared,
      wire: new Wire((text) => {
        socket.write(text);
      }),
      conversation: new Conversation(),
      dialogue: new Dialogue(scenario),
      config: defaultSession(model),
      hasSpoken: false,
    };
    this.#responder = new Responder(this.#room, (response) => {
      this.#turns.responded(response);
    });
    this.#turns = new TurnTaking(this.#room, this.#responder);
    this.#expiresAt = Math.floor((shared.clock.now() + SESSION_LIMIT_MS) / 1000);
    this.#expiry = shared.clock.setTimeout(() => {
      this.#room.wire.refuse(
        refusal('session_expired', 'Your session hit the maximum duration of 60 minutes.'),
      );
      socket.close(1001, 'session expired');
    }, SESSION_LIMIT_MS);
    this.#room.wire.send({ type: 'session.created', session: this.#session() });
  }

  /** Takes one text frame of the client. */
  take(text: string): void {
    const typed = typedIn(text);
    if (typed !== undefined) {
      this.#turns.typed(typed);
      return;
    }
    const reading = readClientEvent(text);
    if ('refusal' in reading) {
      this.#room.wire.refuse(reading.refusal, reading.eventId);
      return;
    }
    const refused = this.#act(reading.event);
    if (refused !== undefined) this.#room.wire.refuse(refused, reading.event.event_id);
  }

  /** The socket is gone. */
  close(): void {
    this.#room.clock.clearTimeout(this.#expiry);
    this.#responder.close();
    this.#turns.close();
  }

  #act(event: ClientEvent): Refusal | undefined {
    const { wire, conversation } = this.#room;
    switch (event.type) {
      case 'session.update':
        return this.#update(event.session);
      case 'input_audio_buffer.append':
        if ((event.audio.length / 4) * 3 > MAX_APPEND_BYTES) {
          return refusal('invalid_value', 'One append holds at most 15 MiB of audio.', 'audio');
        }
        this.#turns.append(event.audio);
        return undefined;
      case 'input_audio_buffer.commit':
        return this.#turns.commit();
      case 'input_audio_buffer.clear':
        this.#turns.clear();
        return undefined;
      case 'conversation.item.create':
        return this.#create(event);
      case 'conversation.item.truncate': {
        const { item_id, content_index, audio_end_ms } = event;
        const shorterByMs = this.#room.faults.shorterByMs ?? 0;
        const refused = conversation.truncate(item_id, content_index, audio_end_ms, shorterByMs);
        if (refused === undefined)
          wire.send({ type: 'conversation.item.truncated', item_id, content_index, audio_end_ms });
        return refused;
      }
      case 'conversation.item.delete': {
        const refused = conversation.delete(event.item_id);
        if (refused === undefined) wire.send({ type: 'conversation.item.deleted', item_id: event.item_id });
        return refused;
      }
      case 'conversation.item.retrieve': {
        const item = conversation.find(event.item_id)?.wire;
        if (item === undefined)
          return refusal('item_not_found', `Item '${event.item_id}' does not exist.`, 'item_id');
        wire.send({ type: 'conversation.item.retrieved', item });
        return undefined;
      }
      case 'response.create':
        return this.#responder.create(event.response);
      case 'response.cancel':
        return this.#responder.cancel('client_cancelled', event.response_id);
    }
  }

  #update(update: SessionUpdate): Refusal | undefined {
    const { config, hasSpoken } = this.#room;
    const isResponding = this.#responder.active !== undefined;
    const refused = updateRefusal(config, update, { hasSpoken, isResponding });
    if (refused !== undefined) return refused;
    this.#room.config = updated(config, update);
    this.#turns.configure();
    this.#room.wire.send({ type: 'session.updated', session: this.#session() });
    return undefined;
  }

  #create({
    item,
    previous_item_id,
  }: Extract<ClientEvent, { type: 'conversation.item.create' }>): Refusal | undefined {
    const { wire, conversation } = this.#room;
    const created = conversation.create(item, previous_item_id);
    if ('code' in created) return created;
    const event = { previous_item_id: conversation.before(created.wire.id), item: created.wire };
    wire.send({ type: 'conversation.item.added', ...event });
    wire.send({ type: 'conversation.item.done', ...event });
    return undefined;
  }

  #session() {
    return { object: 'realtime.session', id: this.#id, expires_at: this.#expiresAt, ...this.#room.config };
  }
}
