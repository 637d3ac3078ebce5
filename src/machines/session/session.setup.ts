import {
  assign,
  enqueueActions,
  type ErrorActorEvent,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { type ErrorCode, type ErrorNote, ERRORS } from '../../errors.ts';
import type { ModelFact } from '../call/call.events.ts';
import { historyAfter, type RememberedFact } from './history.ts';
import { MAX_ATTEMPTS, sessionDelays } from './session.delays.ts';
import type {
  ConversationFact,
  History,
  Missed,
  ModelOrder,
  NextFact,
  ResponseOrder,
  SessionEvent,
  SettledItem,
  SocketEnd,
  SocketFact,
} from './session.events.ts';
import {
  type ItemOrder,
  type SessionInput,
  sessionPorts,
  type SocketInput,
  type SocketOrder,
} from './session.ports.ts';

type Message = Extract<ModelOrder, { type: 'addMessage' }>;
type ToolAnswer = Extract<ModelOrder, { type: 'answerTool' }>;

/** Slots that the sockets of a session have by turns. */
type SocketSlot = 'socket.0' | 'socket.1';

/** What the call has come to want of its session, and to know, whichever socket it is told to. */
interface SessionContext extends Pick<SessionInput, 'callSid'> {
  /** The far end may begin a reply by itself when the caller's turn ends. */
  readonly repliesAllowed: boolean;
  /** The tools that are left; undefined: all of them. */
  readonly keptTools: readonly string[] | undefined;
  readonly history: History;
  /** Responses that the call waits for, and no socket knows of. */
  readonly owed: readonly ResponseOrder[];
  /** The slot of the session's socket. The one that is to follow has the other. */
  readonly socket: SocketSlot;
  /** Sockets in a row that were lost. */
  readonly attempts: number;
  /** The far end wants no attempt before so many ms have passed. */
  readonly retryAfterMs: number;
  /** Whose words were lost since the last session was live. */
  readonly missed: Missed | undefined;
}

/** What a clip has said stands in front of what the session says itself. */
export const firstWords = ({ text }: SettledItem): SocketOrder => ({
  type: 'addMessage',
  role: 'assistant',
  text,
  first: true,
});

/** Said by a session that is gone, and heard when the next one had been told the rest. */
export const lateWords = ({ text }: SettledItem): SocketOrder => ({
  type: 'addMessage',
  role: 'assistant',
  text,
});

export const noteOfEnd = (code: ErrorCode, { detail, cause }: SocketEnd): ErrorNote => ({
  code,
  message: `${ERRORS[code].text}: ${detail}`,
  ...(cause !== undefined && { cause }),
});

const TOO_LATE = { type: 'socket.closed', detail: 'it did not answer in time', cause: 'TIMEOUT' } as const;

const otherSlot = (slot: SocketSlot): SocketSlot => (slot === 'socket.0' ? 'socket.1' : 'socket.0');

const configure = ({ repliesAllowed, keptTools }: SessionContext): SocketOrder => ({
  type: 'configure',
  repliesAllowed,
  keptTools,
});

/** The words a session's chart is written in: as those of the call, `record` changes the context and `tell` gives an order. */
export const sessionSetup = setup({
  types: {
    context: {} as SessionContext,
    input: {} as SessionInput,
    events: {} as SessionEvent | ErrorActorEvent<unknown, SocketSlot>,
    children: {} as { items: 'agentItems' } & Readonly<Record<SocketSlot, 'modelLeg'>>,
  },
  actors: sessionPorts,
  delays: sessionDelays,
  guards: {
    isMisfit: (_, { misfit }: { readonly misfit?: string }) => misfit !== undefined,
    isHeardClip: (_, { isClip, text }: SettledItem) => isClip && text !== '',
    isInMemory: (_, { isInMemory }: SettledItem) => isInMemory,
    isUntold: (_, { isOfEarlier, text }: SettledItem) => isOfEarlier && text !== '',
    isFirstLoss: ({ context }) => context.attempts === 0,
    hasAttemptsLeft: ({ context }) => context.attempts + 1 < MAX_ATTEMPTS,
  },
  actions: {
    recordReplies: assign((_, repliesAllowed: boolean) => ({ repliesAllowed })),
    recordTools: assign((_, keptTools: readonly string[]) => ({ keptTools })),
    recordMessage: assign({
      history: ({ context }, message: Message) => historyAfter(context.history, message),
    }),
    recordOutput: assign({
      history: ({ context }, answer: ToolAnswer) => historyAfter(context.history, answer),
    }),
    /** What the conversation has come to by a fact of it. */
    recordFact: assign({
      history: ({ context }, fact: RememberedFact) => historyAfter(context.history, fact),
    }),
    recordOwed: assign({ owed: ({ context }, order: ResponseOrder) => [...context.owed, order] }),
    forgetOwed: assign({ owed: [] }),
    recordLoss: assign(({ context }, { missed, owed = [], retryAfterMs = 0 }: SocketEnd) => ({
      attempts: context.attempts + 1,
      retryAfterMs,
      missed: missed ?? context.missed,
      owed: [...owed, ...context.owed],
    })),
    recordSteady: assign({ attempts: 0 }),
    recordPause: assign((_, { retryAfterMs = 0 }: Pick<SocketEnd, 'retryAfterMs'>) => ({ retryAfterMs })),

    openSocket: spawnChild('modelLeg', {
      id: ({ context }) => context.socket,
      input: ({ context: { callSid } }): SocketInput => ({ callSid, standing: 'current' }),
    }),
    openNext: spawnChild('modelLeg', {
      id: ({ context }) => otherSlot(context.socket),
      input: ({ context: { callSid } }): SocketInput => ({ callSid, standing: 'next' }),
    }),
    letGoOfNext: stopChild(({ context }) => otherSlot(context.socket)),
    letGoOfSockets: enqueueActions(({ context, enqueue }) => {
      enqueue.stopChild(context.socket);
      enqueue.stopChild(otherSlot(context.socket));
    }),
    /** The socket that was to follow is the session's. What was the session's before is over when it hears of it. */
    handOver: enqueueActions(({ context, enqueue }) => {
      const next = otherSlot(context.socket);
      enqueue.stopChild(context.socket);
      enqueue.assign({ socket: next });
      enqueue.sendTo(next, { type: 'takeOver' } satisfies SocketOrder);
    }),

    /** A socket that is of no use in time is as good as closed. */
    raiseTooLate: raise(TOO_LATE satisfies SocketFact),
    raiseNextEnded: raise({ type: 'next.ended' } satisfies NextFact),

    tellItems: sendTo('items', (_, order: ItemOrder) => order),
    tellSocket: sendTo(
      ({ context }) => context.socket,
      (_, order: SocketOrder) => order,
    ),
    tellSocketToConfigure: sendTo(
      ({ context }) => context.socket,
      ({ context }) => configure(context),
    ),
    tellNextToConfigure: sendTo(
      ({ context }) => otherSlot(context.socket),
      ({ context }) => configure(context),
    ),
    tellSocketToAwaitQuiet: sendTo(({ context }) => context.socket, {
      type: 'awaitQuiet',
    } satisfies SocketOrder),
    tellSocketToGiveOver: sendTo(({ context }) => context.socket, { type: 'giveOver' } satisfies SocketOrder),
    /** What it has to know, and then what it is asked for. */
    tellSocketToBegin: enqueueActions(({ context, enqueue }) => {
      const { history, keptTools, missed, owed, repliesAllowed, socket } = context;
      enqueue.sendTo(socket, {
        type: 'begin',
        repliesAllowed,
        keptTools,
        history,
        ...(missed !== undefined && { missed }),
      } satisfies SocketOrder);
      for (const order of owed) enqueue.sendTo(socket, order);
      enqueue.assign({ missed: undefined, owed: [] });
    }),

    tellCall: sendParent((_, fact: ConversationFact): ModelFact => fact),
    tellCallItIsOpen: sendParent((): ModelFact => ({ type: 'model.opened' })),
    tellCallItIsConfigured: sendParent((): ModelFact => ({ type: 'model.configured' })),
    tellCallItIsRotated: sendParent((): ModelFact => ({ type: 'model.rotated' })),
    tellCallItIsDisconnected: sendParent((_, error: ErrorNote): ModelFact => ({
      type: 'model.disconnected',
      error,
    })),
    tellCallItIsRefused: sendParent((_, error: ErrorNote): ModelFact => ({ type: 'model.refused', error })),
    tellCallItIsLost: sendParent((_, error: ErrorNote): ModelFact => ({ type: 'model.lost', error })),
  },
});
