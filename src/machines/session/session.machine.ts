import { assign, enqueueActions, sendParent, sendTo, setup } from 'xstate';
import { type ErrorCode, type ErrorNote, ERRORS, noteOf } from '../../errors.ts';
import type { ModelFact } from '../call/call.events.ts';
import type { ConversationFact, SessionEvent, SettledItem, SocketEnd, SocketFact } from './session.events.ts';
import { type ItemOrder, type SessionInput, sessionPorts, type SocketOrder } from './session.ports.ts';

type Memory = Extract<SocketOrder, { type: 'addMessage' | 'answerTool' }>;

/** What the call has come to want of its session, whichever socket it is told to. */
interface SessionContext extends SessionInput {
  /** The far end may begin a reply by itself when the caller's turn ends. */
  readonly repliesAllowed: boolean;
  /** The tools that are left; undefined: all of them. */
  readonly keptTools: readonly string[] | undefined;
  /** What was put into the conversation while no session took it, in order. */
  readonly held: readonly Memory[];
}

/** What a clip has said stands in front of what the session says itself. */
const firstWords = ({ text }: SettledItem): Memory => ({
  type: 'addMessage',
  role: 'assistant',
  text,
  first: true,
});

const noteOfEnd = (code: ErrorCode, { detail, cause }: SocketEnd): ErrorNote => ({
  code,
  message: `${ERRORS[code].text}: ${detail}`,
  ...(cause !== undefined && { cause }),
});

/**
 * The session with the model: lives as long as the call, and owns one socket at a time.
 *
 * The call says what it wants of the conversation and never asks of which socket. What goes into the
 * model's memory is held until a session takes it; who is to speak is not, for the call still owes
 * that. A far end that is gone for good leaves the items: what was heard of them is still told.
 *
 * Place kept for what is to come: `backingOff` and `rotating`, beside `open`. Each invokes the next socket.
 * How long `opening` and `configuring` may take is bounded by the call, whose caller waits.
 */
export const sessionMachine = setup({
  types: {
    context: {} as SessionContext,
    input: {} as SessionInput,
    events: {} as SessionEvent,
    children: {} as { items: 'agentItems'; socket: 'modelLeg' },
  },
  actors: sessionPorts,
  guards: {
    isMisfit: (_, { misfit }: Extract<SocketFact, { type: 'socket.updated' }>) => misfit !== undefined,
    isHeardClip: (_, { isClip, text }: SettledItem) => isClip && text !== '',
    isInMemory: (_, { isInMemory }: SettledItem) => isInMemory,
  },
  actions: {
    recordReplies: assign((_, repliesAllowed: boolean) => ({ repliesAllowed })),
    recordTools: assign((_, keptTools: readonly string[]) => ({ keptTools })),
    recordHeld: assign({ held: ({ context }, order: Memory) => [...context.held, order] }),

    tellItems: sendTo('items', (_, order: ItemOrder) => order),
    tellSocket: sendTo('socket', (_, order: SocketOrder) => order),
    tellSocketToConfigure: sendTo('socket', ({ context }): SocketOrder => ({
      type: 'configure',
      repliesAllowed: context.repliesAllowed,
      keptTools: context.keptTools,
    })),
    tellSocketToBegin: enqueueActions(({ context, enqueue }) => {
      for (const order of context.held) enqueue.sendTo('socket', order);
      enqueue.assign({ held: [] });
      enqueue.sendTo('socket', { type: 'begin' } satisfies SocketOrder);
    }),

    tellCall: sendParent((_, fact: ConversationFact): ModelFact => fact),
    tellCallItIsOpen: sendParent((): ModelFact => ({ type: 'model.opened' })),
    tellCallItIsConfigured: sendParent((): ModelFact => ({ type: 'model.configured' })),
    tellCallItIsRefused: sendParent((_, error: ErrorNote): ModelFact => ({ type: 'model.refused', error })),
    tellCallItIsLost: sendParent((_, error: ErrorNote): ModelFact => ({ type: 'model.lost', error })),
  },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, repliesAllowed: false, keptTools: undefined, held: [] }),
  invoke: { id: 'items', src: 'agentItems', input: ({ context: { callSid } }) => ({ callSid }) },
  initial: 'open',
  on: {
    settleItems: { actions: { type: 'tellItems', params: ({ event }) => event } },
    rememberClip: { actions: { type: 'tellItems', params: ({ event }) => event } },
    'agent.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
    allowReplies: { actions: { type: 'recordReplies', params: ({ event }) => event.allowed } },
    keepTools: { actions: { type: 'recordTools', params: ({ event }) => event.names } },
  },
  states: {
    /** There is a socket, or an attempt at one. */
    open: {
      initial: 'opening',
      invoke: {
        id: 'socket',
        src: 'modelLeg',
        input: ({ context: { callSid } }) => ({ callSid }),
        onError: {
          target: 'gone',
          actions: { type: 'tellCallItIsLost', params: ({ event }) => noteOf(event.error, 'CALL_FAILED') },
        },
      },
      on: {
        'caller.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'response.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'tool.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'usage.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        addMessage: { actions: { type: 'recordHeld', params: ({ event }) => event } },
        answerTool: { actions: { type: 'recordHeld', params: ({ event }) => event } },
        'item.settled': {
          guard: { type: 'isHeardClip', params: ({ event }) => event.item },
          actions: { type: 'recordHeld', params: ({ event }) => firstWords(event.item) },
        },
        'socket.updated': { description: 'Ignored: no update was sent.' },
        'socket.denied': {
          target: 'gone',
          actions: { type: 'tellCallItIsRefused', params: ({ event }) => noteOfEnd('MODEL_REFUSED', event) },
        },
        'socket.refused': {
          target: 'gone',
          actions: { type: 'tellCallItIsRefused', params: ({ event }) => noteOfEnd('MODEL_REFUSED', event) },
        },
        'socket.closed': {
          target: 'gone',
          actions: { type: 'tellCallItIsLost', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
        },
        'socket.failed': {
          target: 'gone',
          actions: { type: 'tellCallItIsLost', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
        },
        close: 'gone',
      },
      states: {
        /** The far end has yet to make a session. */
        opening: {
          on: {
            'socket.opened': { target: 'configuring', actions: 'tellCallItIsOpen' },
            'socket.closed': {
              target: '#session.gone',
              actions: {
                type: 'tellCallItIsLost',
                params: ({ event }) => noteOfEnd('MODEL_UNREACHABLE', event),
              },
            },
          },
        },

        /** Formats, voice, tools and turn detection are asked for, and not confirmed yet. */
        configuring: {
          entry: 'tellSocketToConfigure',
          on: {
            'socket.updated': [
              {
                guard: { type: 'isMisfit', params: ({ event }) => event },
                target: '#session.gone',
                actions: {
                  type: 'tellCallItIsRefused',
                  params: ({ event: { misfit = '' } }) => noteOfEnd('MODEL_FORMAT', { detail: misfit }),
                },
              },
              { target: 'live' },
            ],
          },
        },

        /** The model hears the caller, knows what was put into the conversation, and can be asked to speak. */
        live: {
          entry: ['tellSocketToBegin', 'tellCallItIsConfigured'],
          on: {
            createResponse: { actions: { type: 'tellSocket', params: ({ event }) => event } },
            cancelResponse: { actions: { type: 'tellSocket', params: ({ event }) => event } },
            commitTurn: { actions: { type: 'tellSocket', params: ({ event }) => event } },
            addMessage: { actions: { type: 'tellSocket', params: ({ event }) => event } },
            answerTool: { actions: { type: 'tellSocket', params: ({ event }) => event } },
            allowReplies: {
              actions: [
                { type: 'recordReplies', params: ({ event }) => event.allowed },
                { type: 'tellSocket', params: ({ event }) => event },
              ],
            },
            keepTools: {
              actions: [
                { type: 'recordTools', params: ({ event }) => event.names },
                { type: 'tellSocket', params: ({ event }) => event },
              ],
            },
            'item.settled': [
              {
                guard: { type: 'isHeardClip', params: ({ event }) => event.item },
                actions: { type: 'tellSocket', params: ({ event }) => firstWords(event.item) },
              },
              {
                guard: { type: 'isInMemory', params: ({ event }) => event.item },
                actions: {
                  type: 'tellSocket',
                  params: ({ event: { item } }) => ({ type: 'cutItem' as const, item }),
                },
              },
            ],
            'socket.updated': { description: 'Expected: an update of the live session is confirmed.' },
            'socket.denied': {
              description: 'Ignored: the error concerns one event, and its sender is told.',
            },
          },
        },
      },
    },

    /** Closed, lost, or refused. Orders to it come to nothing, but for what was heard. */
    gone: {},
  },
});
