import { type AnyMachineSnapshot, type EventObject, getNextTransitions, type StateValue } from 'xstate';
import type { CallContext } from '../../src/machines/call/call.context.ts';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import { floorOf, regionsOf } from '../../src/protocol/state-path.ts';
import { ownEvents, pairsOf } from '../../src/testing/explore.ts';
import { heardHalf, outcome } from './call-chart.ts';

type Fact<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

const error = { code: 'MODEL_LOST', message: 'gone' } as const;
const settledAs = (then?: 'endCall' | 'transfer') => ({
  status: 'ok' as const,
  output: '{}',
  ...(then && { then }),
});

/**
 * One of everything a call can be told, for each kind of payload that the chart
 * tells apart. Typed so that a new event cannot be forgotten.
 */
const oneOfEach: { [Type in CallEvent['type']]: (context: CallContext) => readonly Fact<Type>[] } = {
  'phone.attached': () => [{ type: 'phone.attached', streamSid: 'MZ1' }],
  'phone.stopped': () => [{ type: 'phone.stopped', heard: heardHalf }],
  'phone.lost': () => [
    { type: 'phone.lost', error: { ...error, code: 'STREAM_LOST' }, heard: heardHalf },
    { type: 'phone.lost', error: { ...error, code: 'CALL_FAILED' }, heard: heardHalf },
  ],
  'phone.completed': () => [{ type: 'phone.completed' }, { type: 'phone.completed', failed: true }],
  'phone.left': () => [true, false].map((mayReturn) => ({ type: 'phone.left', mayReturn })),
  'playback.started': () => [{ type: 'playback.started' }],
  'playback.finished': () => [{ type: 'playback.finished', heard: heardHalf }],
  'playback.cleared': () => [{ type: 'playback.cleared', heard: heardHalf }],
  'playback.paused': () => [{ type: 'playback.paused' }],
  'digit.pressed': () => [
    { type: 'digit.pressed', digit: '4' },
    { type: 'digit.pressed', digit: '#' },
  ],
  'model.opened': () => [{ type: 'model.opened' }],
  'model.configured': () => [{ type: 'model.configured' }],
  'model.refused': () => [{ type: 'model.refused', error }],
  'model.disconnected': () => [{ type: 'model.disconnected', error }],
  'model.rotated': () => [{ type: 'model.rotated' }],
  'model.lost': () => [{ type: 'model.lost', error }],
  'caller.startedSpeaking': () => [{ type: 'caller.startedSpeaking', itemId: 'u1' }],
  'caller.stoppedSpeaking': () => [
    { type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 100 },
    { type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 900 },
  ],
  'caller.committed': () => [{ type: 'caller.committed', itemId: 'u1' }],
  'caller.said': () => [
    { type: 'caller.said', itemId: 'u1', text: '' },
    { type: 'caller.said', itemId: 'u1', text: 'hello' },
    { type: 'caller.said', itemId: 'u0', text: 'before' },
  ],
  'caller.keptSilent': () => [{ type: 'caller.keptSilent' }],
  'caller.unclear': () => [{ type: 'caller.unclear', itemId: 'u1' }],
  'response.started': () =>
    (['reply', 'say'] as const).map((purpose) => ({ type: 'response.started', responseId: 'r1', purpose })),
  'response.finished': () =>
    [
      outcome(),
      outcome({ hadAudio: false }),
      outcome({ hadAudio: false, toolCalls: 1 }),
      outcome({ status: 'incomplete', reason: 'content_filter' }),
    ].flatMap((result) =>
      (['reply', 'goodbye'] as const).map((purpose) => ({
        type: 'response.finished',
        responseId: 'r1',
        purpose,
        outcome: result,
      })),
    ),
  'tool.requested': ({ tools, nextSlot }) =>
    Object.keys(tools).length < 2
      ? [
          {
            type: 'tool.requested',
            request: { toolCallId: `fc${String(nextSlot)}`, name: 'check_availability', argumentsJson: '{}' },
          },
        ]
      : [],
  'tool.settled': ({ tools }) =>
    Object.entries(tools)
      .slice(0, 1)
      .flatMap(([slot, toolCallId]) =>
        [settledAs(), settledAs('endCall'), settledAs('transfer')].map((result) => ({
          type: 'tool.settled' as const,
          slot,
          toolCallId,
          name: 'any',
          outcome: result,
        })),
      ),
  'agent.startedItem': () => [{ type: 'agent.startedItem', itemId: 'i1', responseId: 'r1' }],
  'agent.said': ({ announcement }) =>
    ['Hi', `${announcement} Hi`].map((text) => ({
      type: 'agent.said',
      itemId: 'i1',
      text,
      interrupted: false,
      heardMs: 400,
    })),
  'usage.reported': () => [
    {
      type: 'usage.reported',
      usage: {
        kind: 'response',
        inputTextTokens: 1,
        inputAudioTokens: 1,
        cachedTokens: 0,
        outputTextTokens: 1,
        outputAudioTokens: 1,
        seconds: 0,
      },
    },
  ],
  'tools.withdrawn': () => [{ type: 'tools.withdrawn', kept: ['end_call'] }],
  'tool.cameLate': () =>
    (['ok', 'failed'] as const).map((status) => ({
      type: 'tool.cameLate',
      toolCallId: 'c9',
      name: 'send_sms',
      outcome: { status, output: '{}' },
    })),
  'transcript.filled': () => [{ type: 'transcript.filled' }],
  'hangup.requested': () => [{ type: 'hangup.requested' }],
  'handOver.requested': () => [{ type: 'handOver.requested' }],
  'transfer.requested': () => [{ type: 'transfer.requested' }],
  'transfer.ended': () => [
    { type: 'transfer.ended', result: 'reached' },
    { type: 'transfer.ended', result: 'noAnswer' },
  ],
  'say.requested': () => [{ type: 'say.requested', text: 'Please hold.' }],
  'whisper.requested': () => [{ type: 'whisper.requested', text: 'They are a regular.' }],
  'recording.requested': () => [
    ...(['operator', 'agent', 'card'] as const).flatMap((by) =>
      [true, false].map((paused) => ({ type: 'recording.requested' as const, paused, by })),
    ),
    { type: 'recording.requested', paused: true, by: 'card', since: 0 },
  ],
  'recording.brokeOff': () => [{ type: 'recording.brokeOff', reason: 'diskFull' }],
  'mute.requested': () => [{ type: 'mute.requested', muted: true }],
};

/** What can happen to a call in a situation: facts, requests, timers, a leg that crashes. */
export function happenings(snapshot: AnyMachineSnapshot): EventObject[] {
  const context = snapshot.context as CallContext;
  const facts = Object.values(oneOfEach).flatMap<CallEvent>((of) => of(context));
  const taken = new Set<string>(getNextTransitions(snapshot).map(({ eventType }) => String(eventType)));
  return [...facts.filter(({ type }) => taken.has(type)), ...ownEvents(snapshot)];
}

/**
 * What a call remembers beside its states. What grows without end is told apart as far as it is of the same kind: a text
 * that is there or not, a length that is known or not, one that waits or several.
 */
function remembered(context: CallContext): Record<string, string | number> {
  const { asked, audioMs, digits, doubted, failures, idlePrompts, retries, tellings, tools, wordsOwed } =
    context;
  return {
    ...{ failures, idlePrompts, retries, tellings, asked: asked?.purpose ?? '', doubted: doubted ?? '' },
    tools: Math.min(2, Object.keys(tools).length),
    words: Math.min(2, wordsOwed),
    digits: Math.min(1, digits.length),
    audio: Math.min(1, audioMs),
  };
}

/** Two calls with the same key are in the same situation. Everything that a call remembers is told apart, but its texts and names. */
export function situationOf(snapshot: AnyMachineSnapshot): string {
  return JSON.stringify([snapshot.value, snapshot.status, remembered(snapshot.context as CallContext)]);
}

/** Every two things that are so at the same time: states of two regions, or a state and a count. */
export function pairsIn({ value, context }: AnyMachineSnapshot): string[] {
  const state = value as StateValue as string;
  return pairsOf({ floor: floorOf(state), ...regionsOf(state), ...remembered(context as CallContext) });
}
