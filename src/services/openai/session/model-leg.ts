import { noteOf } from '../../../errors.ts';
import type { ConversationFact, SocketFact } from '../../../machines/session/session.events.ts';
import type { SocketOrder } from '../../../machines/session/session.ports.ts';
import { aLawCodec } from './a-law-codec.ts';
import { AgentAudio } from './agent-audio.ts';
import { CallerAudio } from './caller-audio.ts';
import { ConversationItems } from './conversation-items.ts';
import { MemoryCuts } from '../memory/memory-cuts.ts';
import { ModelEvents } from './model-events.ts';
import { ModelFrames } from '../wire/model-frames.ts';
import { LeanServer } from '../wire/lean-server.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';
import { type LinkEnd, ModelLink } from '../wire/model-link.ts';
import { ModelResponses } from './model-responses.ts';
import { ModelWatch } from '../wire/model-watch.ts';
import { Pcm16Transcoder } from './pcm16-transcoder.ts';
import { languageNote, removalNote } from './prompt.ts';
import { ResponseSequencer } from './response-sequencer.ts';
import type { SessionCodec } from './session-codec.ts';
import { capabilitiesFor } from './session-config.ts';
import { SessionAudioClock } from './session-audio-clock.ts';
import { SessionSetup } from './session-setup.ts';

/** What a leg tells. */
type LegFact = SocketFact | ConversationFact;

/** What stands between the line and the session, new for each session; nothing where both speak mu-law. */
const CODECS: Readonly<Record<ModelLegDeps['audio'], () => SessionCodec | undefined>> = {
  pcmu: () => undefined,
  pcma: () => aLawCodec,
  pcm16: () => new Pcm16Transcoder(),
};

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
  readonly #setup: SessionSetup;
  readonly #sequencer: ResponseSequencer;
  readonly #responses: ModelResponses;
  readonly #conversation: ConversationItems;
  readonly #cuts: MemoryCuts;
  readonly #callerAudio: CallerAudio;
  readonly #agentAudio: AgentAudio;

  constructor(deps: ModelLegDeps, tell: (fact: LegFact) => void) {
    const { audio, clock, connect, dialect, line, log, memory, profile, tools } = deps;
    const capabilities = capabilitiesFor(dialect.capabilities, profile);
    const codec = CODECS[audio]();
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
    const { send } = this.#link;
    const lost = (reason: string) => {
      this.#link.breakOff(reason);
    };

    const audioClock = new SessionAudioClock();
    this.#callerAudio = new CallerAudio({
      socket,
      kept: memory.callerAudio,
      codec: codec?.toModel,
      clock: audioClock,
      onStuck: () => {
        lost('the socket is slower than real time');
      },
      takesTyped: deps.takesTyped === true,
    });
    this.#agentAudio = new AgentAudio(line, memory.items, codec?.toLine, ({ itemId, responseId }) => {
      tell({ type: 'agent.startedItem', itemId, responseId });
    });
    const onMiscount = (count: string) => {
      log.error({ count }, 'close without open, count kept');
      deps.onMiscount?.();
    };
    this.#sequencer = new ResponseSequencer(({ purpose, text }, tag) => {
      this.#responses.ask(purpose, text, tag);
    }, onMiscount);
    this.#conversation = new ConversationItems(send, this.#sequencer, memory.toolCalls);
    this.#cuts = new MemoryCuts({
      send,
      isRunning: (responseId) => this.#responses.isRunning(responseId),
      canTruncate: capabilities.canTruncate,
    });
    this.#responses = new ModelResponses({
      profile,
      language: memory.language,
      send,
      tell,
      sequencer: this.#sequencer,
      audio: this.#agentAudio,
      conversation: this.#conversation,
      cuts: this.#cuts,
    });
    this.#setup = new SessionSetup({ profile, tools, capabilities, audio, send, tell, onMiscount });
    const events = new ModelEvents({
      tell,
      clock,
      audioClock,
      callerWords: memory.callerWords,
      log,
      items: memory.items,
      profile,
      language: memory.language,
      setup: this.#setup,
      responses: this.#responses,
      conversation: this.#conversation,
      cuts: this.#cuts,
      onOpened: () => {
        tell({ type: 'socket.opened' });
      },
      isBusy: () => this.#sequencer.isBusy,
      onUnanswered: () => {
        this.#sequencer.turnUnanswered();
      },
    });
    const lean = new LeanServer((event) => {
      events.take(event);
    });
    const frames = new ModelFrames({
      dialect,
      clock,
      log,
      onAudio: (tag, text, start, end) => {
        this.#agentAudio.delta(lean.tagOf(tag), text, start, end);
      },
      onWords: (itemId, words) => {
        memory.items.words(itemId, words);
      },
      onEvent: (event) => {
        lean.take(event);
      },
      onNonsense: () => {
        lost('too many invalid messages');
      },
    });
    this.#watch = new ModelWatch(clock, socket, () => this.#sequencer.isOwed || events.isReplyDue, lost);
    line.listenAsModel(this.#callerAudio);
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
    this.#callerAudio.close();
    this.#link.close();
    this.#agentAudio.endAll();
  }

  #obey(order: SocketOrder): void {
    switch (order.type) {
      case 'configure':
        this.#setup.configure(order);
        return;
      case 'begin':
        this.#begin();
        return;
      case 'allowReplies':
        this.#setup.allowReplies(order.allowed);
        return;
      case 'createResponse':
        this.#sequencer.request(order.purpose, order.text);
        return;
      case 'cancelResponse':
        this.#responses.cancel();
        return;
      case 'commitTurn':
        this.#conversation.commitTurn();
        return;
      case 'cutItem':
        this.#cuts.cut(order.item);
        return;
      case 'answerTool':
        this.#conversation.answerTool(order.toolCallId, order.output);
        return;
      case 'keepTools':
        this.#setup.keepTools(order.names);
        return;
      case 'addMessage':
        this.#addMessage(order);
        return;
    }
  }

  #begin(): void {
    // A session that follows another knows nothing of the language that the call had come to.
    const spoken = this.#deps.memory.language.current;
    if (spoken !== undefined) this.#conversation.addMessage('system', languageNote(spoken));
    this.#callerAudio.open();
  }

  #addMessage({ role, text, first }: Extract<SocketOrder, { type: 'addMessage' }>): void {
    // Only the keypad speaks for the caller in text.
    const entry = role === 'user' ? this.#deps.keyed?.(text) : undefined;
    this.#conversation.addMessage(role, entry?.text ?? text, first && 'root');
    if (entry?.removed !== undefined) this.#conversation.addMessage('system', removalNote(entry.removed));
  }

  #ended(end: LinkEnd): void {
    this.#watch.stop();
    this.#callerAudio.close();
    const { type, ...why } = end;
    this.#deps.log.warn(
      { why },
      type === 'socket.refused' ? 'model refused the session' : 'model connection lost',
    );
    this.#tell(end);
    this.#agentAudio.endAll();
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
