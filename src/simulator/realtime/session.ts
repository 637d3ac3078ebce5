import { MAX_APPEND_BYTES, type ClientEvent } from '../../protocol/realtime-client-events.ts';
import type { RealtimeSession as SessionUpdate } from '../../protocol/realtime-session.ts';
import { Conversation } from './conversation.ts';
import { Frames, type SessionSocket } from './frames.ts';
import { updateRefusal } from './parameter-rules.ts';
import { readClientEvent, type Refusal, refusal } from './refusal.ts';
import { Responder } from './responder.ts';
import type { Room } from './room.ts';
import { defaultSession, updated } from './session-config.ts';
import { type CallerTurns, TurnTaking } from './turn-taking.ts';
import { typedIn } from './typed-turns.ts';
import { newId, Wire } from './wire.ts';

/** The service ends every session after an hour, unless a fault says otherwise. */
const SESSION_LIMIT_MS = 3_600_000;

export interface SessionOptions extends Pick<Room, 'answers' | 'listen' | 'clock' | 'faults'> {
  readonly model: string;
  readonly socket: SessionSocket;
}

/** One Realtime session, from `session.created` to the close of its socket. */
export class RealtimeSession {
  readonly #room: Room;
  readonly #frames: Frames;
  readonly #responder: Responder;
  readonly #turns: TurnTaking;
  readonly #id = newId('sess');
  readonly #expiresAt: number;
  readonly #expiry: unknown;

  constructor({ model, socket, ...shared }: SessionOptions) {
    this.#frames = new Frames(socket, shared.faults, shared.clock);
    this.#room = {
      ...shared,
      wire: new Wire((text, type) => {
        this.#frames.write(text, type);
      }),
      conversation: new Conversation(),
      config: defaultSession(model),
      hasSpoken: false,
    };
    this.#responder = new Responder(this.#room, (response) => {
      this.#turns.responded(response);
    });
    this.#turns = new TurnTaking(this.#room, this.#responder);
    const limitMs = shared.faults.endsAfterMs ?? SESSION_LIMIT_MS;
    this.#expiresAt = Math.floor((shared.clock.now() + limitMs) / 1000);
    this.#expiry = shared.clock.setTimeout(() => {
      this.#room.wire.refuse(
        refusal('session_expired', 'Your session hit the maximum duration of 60 minutes.'),
      );
      socket.close(1001, 'session expired');
    }, limitMs);
  }

  /** The caller's turns, for whoever knows of them by other ways than the ear. */
  get caller(): CallerTurns {
    return this.#turns;
  }

  /** Sends the first event; the client may answer it at once. */
  open(): void {
    this.#room.wire.send({ type: 'session.created', session: this.#session() });
  }

  /** The model begins a response by itself, unless there is one. */
  respond(): void {
    this.#responder.create();
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
    const refused = this.#fault(reading.event.type) ?? this.#act(reading.event);
    if (refused !== undefined) this.#room.wire.refuse(refused, reading.event.event_id);
  }

  /** The socket is gone. */
  close(): void {
    this.#room.clock.clearTimeout(this.#expiry);
    this.#frames.close();
    this.#responder.close();
    this.#turns.close();
  }

  #fault(type: string): Refusal | undefined {
    const fault = this.#room.faults.refuseEvents;
    if (fault?.type !== type || fault.count === 0) return undefined;
    fault.count--;
    return refusal(fault.code, 'The event was refused.');
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
