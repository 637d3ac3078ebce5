import { noteOf } from '../../../errors.ts';
import type { SocketOrder } from '../../../machines/session/session.ports.ts';
import { type LinkEnd, ModelLink } from '../wire/model-link.ts';
import { ModelWatch } from '../wire/model-watch.ts';
import { layOutRooms, type LegFact, type LegRooms, type LegWays, openFrames } from './leg-rooms.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';
import { languageNote, removalNote } from './prompt.ts';

/**
 * One socket to the model: lays the rooms together, and takes the orders of the session's chart.
 *
 * Whatever fails in here ends the socket and is told, never thrown: a throwing
 * listener would end the process, and a throwing receiver leaves an actor's
 * clean-up undone.
 */
export class ModelLeg {
  readonly #deps: ModelLegDeps;
  readonly #tell: (fact: LegFact) => void;
  readonly #link: ModelLink;
  readonly #watch: ModelWatch;
  readonly #rooms: LegRooms;

  constructor(deps: ModelLegDeps, tell: (fact: LegFact) => void) {
    const { clock, connect, dialect, line, memory } = deps;
    const socket = connect();
    this.#deps = deps;
    this.#tell = tell;
    memory.items.beginSession();

    this.#link = new ModelLink(socket, dialect, clock, {
      onFrame: (data, isBinary) => {
        this.#watch.heard();
        this.#guard(() => {
          frames.read(data, isBinary);
        });
      },
      onEnd: (end) => {
        this.#ended(end);
      },
    });
    const lost = (reason: string) => {
      this.#link.breakOff(reason);
    };
    const ways: LegWays = { socket, send: this.#link.send, tell, lost };
    this.#rooms = layOutRooms(deps, ways);
    const frames = openFrames(deps, ways, this.#rooms);
    const { callerAudio, events, sequencer } = this.#rooms;
    this.#watch = new ModelWatch(clock, socket, () => sequencer.isOwed || events.isReplyDue, lost);
    line.listenAsModel(callerAudio);
    this.#watch.start();
  }

  obey(order: SocketOrder): void {
    this.#guard(() => {
      this.#obey(order);
    });
  }

  /** The session lets go of the socket. What the caller says from now on is kept for the next one. */
  stop(): void {
    this.#deps.line.listenAsModel(this.#deps.memory.callerAudio);
    this.#watch.stop();
    this.#rooms.callerAudio.close();
    this.#link.close();
    this.#rooms.agentAudio.endAll();
  }

  #obey(order: SocketOrder): void {
    switch (order.type) {
      case 'configure':
        this.#rooms.setup.configure(order);
        return;
      case 'begin':
        this.#begin();
        return;
      case 'allowReplies':
        this.#rooms.setup.allowReplies(order.allowed);
        return;
      case 'createResponse':
        this.#rooms.sequencer.request(order.purpose, order.text);
        return;
      case 'cancelResponse':
        this.#rooms.responses.cancel();
        return;
      case 'commitTurn':
        this.#rooms.conversation.commitTurn();
        return;
      case 'cutItem':
        this.#rooms.cuts.cut(order.item);
        return;
      case 'answerTool':
        this.#rooms.conversation.answerTool(order.toolCallId, order.output);
        return;
      case 'keepTools':
        this.#rooms.setup.keepTools(order.names);
        return;
      case 'addMessage':
        this.#addMessage(order);
        return;
    }
  }

  #begin(): void {
    // A session that follows another knows nothing of the language that the call had come to.
    const spoken = this.#deps.memory.language.current;
    if (spoken !== undefined) this.#rooms.conversation.addMessage('system', languageNote(spoken));
    this.#rooms.callerAudio.open();
  }

  #addMessage({ role, text, first }: Extract<SocketOrder, { type: 'addMessage' }>): void {
    // Only the keypad speaks for the caller in text.
    const entry = role === 'user' ? this.#deps.keyed?.(text) : undefined;
    this.#rooms.conversation.addMessage(role, entry?.text ?? text, first && 'root');
    if (entry?.removed !== undefined)
      this.#rooms.conversation.addMessage('system', removalNote(entry.removed));
  }

  #ended(end: LinkEnd): void {
    this.#watch.stop();
    this.#rooms.callerAudio.close();
    const { type, ...why } = end;
    this.#deps.log.warn(
      { why },
      type === 'socket.refused' ? 'model refused the session' : 'model connection lost',
    );
    this.#tell(end);
    this.#rooms.agentAudio.endAll();
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      const { code, message } = noteOf(error, 'INTERNAL');
      this.#deps.log.error({ code, detail: message }, 'model leg failed');
      this.#link.breakOff('the leg failed');
    }
  }
}
