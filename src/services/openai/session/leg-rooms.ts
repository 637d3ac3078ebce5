import type { ConversationFact, SocketFact } from '../../../machines/session/session.events.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { KeptAudio } from '../memory/kept-audio.ts';
import { MemoryCuts } from '../memory/memory-cuts.ts';
import { LeanServer } from '../wire/lean-server.ts';
import { ModelFrames } from '../wire/model-frames.ts';
import type { ModelSocket } from '../wire/model-socket.ts';
import type { OnMiscount } from '../wire/open-count.ts';
import { aLawCodec } from './a-law-codec.ts';
import { AgentAudio } from './agent-audio.ts';
import { CallerAudio } from './caller-audio.ts';
import { ConversationItems } from './conversation-items.ts';
import { ModelEvents } from './model-events.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';
import { ModelResponses } from './model-responses.ts';
import { Pcm16Transcoder } from './pcm16-transcoder.ts';
import { ResponseSequencer } from './response-sequencer.ts';
import { SessionAudioClock } from './session-audio-clock.ts';
import type { SessionCodec } from './session-codec.ts';
import { QUIET_MS, QuietWatch } from './quiet-watch.ts';
import { SessionAge } from './session-age.ts';
import { capabilitiesFor } from './session-config.ts';
import { SessionSetup } from './session-setup.ts';

/** What a leg tells. */
export type LegFact = SocketFact | ConversationFact;

/** The ways out of a leg: to the far end, and to the session's chart. */
export interface LegWays {
  readonly socket: ModelSocket;
  readonly send: (event: ClientEvent) => void;
  readonly tell: (fact: LegFact) => void;
  /** The far end is of no use any more. */
  readonly lost: (reason: string) => void;
}

interface AudioRooms {
  readonly audioClock: SessionAudioClock;
  readonly callerAudio: CallerAudio;
  readonly agentAudio: AgentAudio;
}

interface AnswerRooms {
  readonly sequencer: ResponseSequencer;
  readonly conversation: ConversationItems;
  readonly cuts: MemoryCuts;
  readonly responses: ModelResponses;
}

/** The rooms of a leg, each with one concern of the session. */
export interface LegRooms extends AudioRooms, AnswerRooms {
  readonly age: SessionAge;
  readonly quiet: QuietWatch;
  readonly setup: SessionSetup;
  readonly events: ModelEvents;
}

/** What stands between the line and the session, new for each session; nothing where both speak mu-law. */
const CODECS: Readonly<Record<ModelLegDeps['audio'], () => SessionCodec | undefined>> = {
  pcmu: () => undefined,
  pcma: () => aLawCodec,
  pcm16: () => new Pcm16Transcoder(),
};

/**
 * Lays out the rooms of a new session, and opens the doors between them.
 *
 * @param ordinal - which session of the call it is.
 */
export function layOutRooms(deps: ModelLegDeps, ways: LegWays, dialect: Dialect, ordinal: number): LegRooms {
  const { audio, clock, log, profile, tools } = deps;
  const { send, tell } = ways;
  const capabilities = capabilitiesFor(dialect.capabilities, profile);
  const onMiscount = (count: string) => {
    log.error({ count }, 'close without open, count kept');
    deps.onMiscount?.();
  };
  const audioRooms = layOutAudio(deps, ways);
  const answerRooms = layOutAnswers(deps, ways, {
    agentAudio: audioRooms.agentAudio,
    canTruncate: capabilities.canTruncate,
    onMiscount,
  });
  const setup = new SessionSetup({ profile, tools, capabilities, audio, send, tell, onMiscount });
  const age = new SessionAge(clock, dialect.sessionLimitMs, () => {
    tell({ type: 'socket.aged' });
  });
  const events = openEvents(deps, ways, { ...audioRooms, ...answerRooms, age, setup }, ordinal);
  const quiet = watchQuiet(deps, ways, { ...answerRooms, events });
  return { ...audioRooms, ...answerRooms, age, quiet, setup, events };
}

/** Whatever a session knows that the next one cannot be told is under way here. */
function watchQuiet(
  { clock, memory: { items } }: ModelLegDeps,
  { tell }: LegWays,
  { events, sequencer }: Pick<LegRooms, 'events' | 'sequencer'>,
): QuietWatch {
  return new QuietWatch(
    clock,
    {
      isQuiet: () => sequencer.isAtRest && !events.isTurnOpen && !items.isAnyOpen,
      areWordsDue: () => events.areWordsDue,
    },
    () => {
      tell({ type: 'socket.fellQuiet' });
    },
  );
}

function layOutAudio(
  { audio, clock, line, memory, takesTyped }: ModelLegDeps,
  { socket, tell, lost }: LegWays,
): AudioRooms {
  const codec = CODECS[audio]();
  const audioClock = new SessionAudioClock();
  const callerAudio = new CallerAudio({
    socket,
    kept: memory.callerAudio,
    recent: new KeptAudio(clock, QUIET_MS),
    codec: codec?.toModel,
    clock: audioClock,
    onStuck: () => {
      lost('the socket is slower than real time');
    },
    takesTyped: takesTyped === true,
  });
  const agentAudio = new AgentAudio(line, memory.items, codec?.toLine, ({ itemId, responseId }) => {
    tell({ type: 'agent.startedItem', itemId, responseId });
  });
  return { audioClock, callerAudio, agentAudio };
}

interface AnswerNeeds {
  readonly agentAudio: AgentAudio;
  /** The far end can be told how much of an item was heard. */
  readonly canTruncate: boolean;
  readonly onMiscount: OnMiscount;
}

function layOutAnswers(
  { memory, profile }: ModelLegDeps,
  { send, tell }: LegWays,
  { agentAudio, canTruncate, onMiscount }: AnswerNeeds,
): AnswerRooms {
  const sequencer = new ResponseSequencer(({ purpose, text }, tag) => {
    responses.ask(purpose, text, tag);
  }, onMiscount);
  const conversation = new ConversationItems(send, sequencer);
  const cuts = new MemoryCuts({
    send,
    isRunning: (responseId) => responses.isRunning(responseId),
    canTruncate,
  });
  const responses: ModelResponses = new ModelResponses({
    profile,
    language: memory.language,
    send,
    tell,
    sequencer,
    audio: agentAudio,
    conversation,
    cuts,
  });
  return { sequencer, conversation, cuts, responses };
}

function openEvents(
  { clock, log, memory, profile }: ModelLegDeps,
  { lost, tell }: LegWays,
  { age, audioClock, sequencer, setup, responses, conversation, cuts }: Omit<LegRooms, 'events' | 'quiet'>,
  ordinal: number,
): ModelEvents {
  return new ModelEvents({
    tell,
    clock,
    audioClock,
    callerWords: memory.callerWords,
    log,
    items: memory.items,
    ordinal,
    profile,
    language: memory.language,
    setup,
    responses,
    conversation,
    cuts,
    onOpened: (expiresAt) => {
      age.made(expiresAt);
      tell({ type: 'socket.opened' });
    },
    onExpired: () => {
      lost('the session has expired');
    },
    isBusy: () => sequencer.isBusy,
    onUnanswered: () => {
      sequencer.turnUnanswered();
    },
  });
}

/** The door of the rooms for what comes in. */
export function openFrames(
  { clock, log, memory }: ModelLegDeps,
  { lost }: LegWays,
  { agentAudio, events }: LegRooms,
  dialect: Dialect,
): ModelFrames {
  const lean = new LeanServer((event) => {
    events.take(event);
  });
  return new ModelFrames({
    dialect,
    clock,
    log,
    onAudio: (tag, text, start, end) => {
      agentAudio.delta(lean.tagOf(tag), text, start, end);
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
}
