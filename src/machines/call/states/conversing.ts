import { callSetup } from '../call.setup.ts';
import { greeting } from './greeting.ts';
import { interrupted } from './interrupted.ts';
import { listening } from './listening.ts';
import { responding } from './responding.ts';
import { toolExecuting } from './tool-executing.ts';

/**
 * Caller and agent take turns. What may happen whoever has the floor is taken
 * here: tools, operators, hang-up; the five states below say who has it.
 */
export const conversing = callSetup.createStateConfig({
  initial: 'greeting',
  // The time was up while the caller spoke, or was away: they have finished, or are back.
  always: {
    guard: 'isGoodbyeDue',
    target: '#call.ending.farewell',
    actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'max_duration' }],
  },
  on: {
    'tool.requested': {
      actions: { type: 'startToolCall', params: ({ event }) => event.request },
    },
    'tool.settled': [
      // Whatever a tool decided, the caller is heard first; its output is in the conversation by then.
      {
        guard: 'isCallerBusy',
        actions: { type: 'settleToolCall', params: ({ event }) => event },
      },
      {
        guard: { type: 'isEndingTheCall', params: ({ event }) => event.outcome },
        target: '#call.ending.farewell',
        actions: [
          { type: 'settleToolCall', params: ({ event }) => event },
          { type: 'recordEnd', params: 'agent_ended' },
        ],
      },
      {
        guard: { type: 'isTransferring', params: ({ event }) => event.outcome },
        target: '#call.transferring',
        actions: { type: 'settleToolCall', params: ({ event }) => event },
      },
      {
        guard: 'isLastTool',
        actions: [{ type: 'settleToolCall', params: ({ event }) => event }, 'tellModelToAnswer'],
      },
      { actions: { type: 'settleToolCall', params: ({ event }) => event } },
    ],
    'digit.pressed': {
      target: '.listening.enteringDigits',
      actions: [
        'tellPhoneToClear',
        'tellModelToCancel',
        'recordFloor',
        { type: 'recordDigit', params: ({ event }) => event.digit },
      ],
    },
    'response.started': {
      actions: { type: 'recordResponseStart', params: ({ event }) => event.purpose },
    },
    'response.finished': {
      actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
    },
    'transfer.requested': {
      guard: { type: 'hasPersonOrNumber', params: ({ event }) => event.hasNumber },
      target: '#call.transferring',
    },
    'say.requested': {
      actions: { type: 'tellModelToSay', params: ({ event }) => event.text },
    },
    'whisper.requested': {
      actions: { type: 'tellModelInConfidence', params: ({ event }) => event.text },
    },
    'tool.cameLate': [
      {
        guard: { type: 'isCertain', params: ({ event }) => event.outcome },
        actions: { type: 'tellModelWhatCameLate', params: ({ event }) => event },
      },
      { description: 'It is no more certain than when the model was told that it is late.' },
    ],
    'mute.requested': {
      actions: { type: 'tellPhoneToMute', params: ({ event }) => event.muted },
    },
  },
  states: { greeting, listening, responding, toolExecuting, interrupted },
});
