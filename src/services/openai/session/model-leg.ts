import { noteOf } from '../../../errors.ts';
import type {
  RememberedMessage,
  ResponseOrder,
  NextFact,
  SocketEnd,
} from '../../../machines/session/session.events.ts';
import type { SocketInput, SocketOrder } from '../../../machines/session/session.ports.ts';
import { type LinkEnd, ModelLink } from '../wire/model-link.ts';
import { ModelWatch } from '../wire/model-watch.ts';
import { layOutRooms, type LegFact, type LegRooms, type LegWays, openFrames } from './leg-rooms.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';
import { asNext } from './next-facts.ts';
import { languageNote, lossNote, removalNote } from './prompt.ts';
import { logIfRefused, type SessionStage } from './refusal-log.ts';

const REPLY: ResponseOrder = { type: 'createResponse', purpose: 'reply' };

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
  #standing: SocketInput['standing'];
  #stage: SessionStage = 'opening';

  constructor(
    deps: ModelLegDeps,
    standing: SocketInput['standing'],
    tell: (fact: LegFact | NextFact) => void,
  ) {
    const { clock, connect, line, makeDialect, memory } = deps;
    const dialect = makeDialect();
    const socket = connect(dialect);
    this.#deps = deps;
    this.#standing = standing;
    this.#tell = (fact) => {
      logIfRefused(deps.log, fact, this.#stage);
      const told = this.#standing === 'next' ? asNext(fact) : fact;
      if (told !== undefined) tell(told);
    };
    const ordinal = memory.items.sessions + 1;

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
    const ways: LegWays = { socket, send: this.#link.send, tell: this.#tell, lost };
    this.#rooms = layOutRooms(deps, ways, dialect, ordinal);
    const frames = openFrames(deps, ways, this.#rooms, dialect);
    const { callerAudio, events, sequencer } = this.#rooms;
    this.#watch = new ModelWatch(clock, socket, () => sequencer.isOwed || events.isReplyDue, lost);
    if (standing === 'current') {
      memory.items.beginSession();
      line.listenAsModel(callerAudio);
    }
    this.#watch.start();
  }

  obey(order: SocketOrder): void {
    this.#guard(() => {
      this.#obey(order);
    });
  }

  /** The session lets go of the socket. What the caller says from now on is kept for the next one. */
  stop(): void {
    const { line, memory } = this.#deps;
    const { agentAudio, callerAudio } = this.#rooms;
    line.replaceModel(callerAudio, memory.callerAudio);
    this.#rest();
    this.#link.close();
    agentAudio.endAll();
  }

  #obey(order: SocketOrder): void {
    switch (order.type) {
      case 'configure':
        this.#stage = 'configuring';
        this.#rooms.setup.configure(order);
        return;
      case 'begin':
        this.#begin(order);
        return;
      case 'awaitQuiet':
        this.#rooms.callerAudio.remember();
        this.#rooms.quiet.start();
        return;
      case 'giveOver':
        this.#rooms.events.lost();
        this.#rooms.callerAudio.giveOver();
        return;
      case 'takeOver':
        this.#takeOver();
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

  #takeOver(): void {
    const { line, memory } = this.#deps;
    this.#standing = 'current';
    memory.items.beginSession();
    line.listenAsModel(this.#rooms.callerAudio);
  }

  /** The conversation so far goes in first, as it was heard; then what the caller has said meanwhile. */
  #begin({ history, keptTools, missed, repliesAllowed }: Extract<SocketOrder, { type: 'begin' }>): void {
    this.#stage = 'live';
    const { conversation, setup } = this.#rooms;
    setup.allowReplies(repliesAllowed);
    if (keptTools !== undefined) setup.keepTools(keptTools);
    for (const one of history) {
      if ('request' in one) conversation.recallTool(one.request, one.output);
      else if (one.text) this.#recall(one.text, one);
    }
    // A session that follows another knows nothing of the language that the call had come to.
    const spoken = this.#deps.memory.language.current;
    if (spoken !== undefined) conversation.addMessage('system', languageNote(spoken));
    if (missed !== undefined) conversation.addMessage('system', lossNote(missed));
    this.#rooms.callerAudio.open();
    this.#rooms.age.begin();
  }

  /** What was spoken has an item of its own; any other message was put in. */
  #recall(text: string, { role, itemId }: RememberedMessage): void {
    const { written = (words: string) => words } = this.#deps;
    if (itemId === undefined) this.#addMessage({ type: 'addMessage', role, text });
    else this.#rooms.conversation.addMessage(role, written(text));
  }

  #addMessage({ role, text, first }: Extract<SocketOrder, { type: 'addMessage' }>): void {
    // Only the keypad speaks for the caller in text.
    const entry = role === 'user' ? this.#deps.keyed?.(text) : undefined;
    this.#rooms.conversation.addMessage(role, entry?.text ?? text, first && 'root');
    if (entry?.removed !== undefined)
      this.#rooms.conversation.addMessage('system', removalNote(entry.removed));
  }

  #ended(end: LinkEnd): void {
    this.#rest();
    const { type, ...why } = end;
    if (type !== 'socket.refused') this.#deps.log.warn({ why }, 'model connection lost');
    const left = this.#leave();
    this.#rooms.agentAudio.endAll();
    this.#tell({ ...end, ...left });
  }

  /** Nothing more is sent, and nothing is waited for. */
  #rest(): void {
    const { age, callerAudio, quiet } = this.#rooms;
    this.#watch.stop();
    age.stop();
    quiet.stop();
    callerAudio.close();
  }

  /** Tells the end of what was heard in part. Answers what the next socket is to be asked for, and what nobody can bring back. */
  #leave(): Pick<SocketEnd, 'owed' | 'missed'> {
    const { events, responses } = this.#rooms;
    const isReplyDue = events.isReplyDue;
    const isCallerMissed = events.lost();
    const { isCutShort, owed } = responses.lost();
    const all = isReplyDue ? [...owed, REPLY] : owed;
    const missed = isCallerMissed ? 'caller' : isCutShort ? 'agent' : undefined;
    return { ...(all.length > 0 && { owed: all }), ...(missed !== undefined && { missed }) };
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
