import { callSetup } from '../call.setup.ts';
import { greeting } from './greeting.ts';
import { interrupted } from './interrupted.ts';
import { listening } from './listening.ts';
import { responding } from './responding.ts';
import { toolExecuting } from './tool-executing.ts';

/**
 * Caller and agent take turns. What may happen whoever has the floor is taken
 * here: deadlines, tools' decisions, operators; the five states below say who has it.
 */
export const conversing = callSetup.createStateConfig({
  initial: 'greeting',
  always: [
    { guard: 'isSessionGoneWithPerson', target: '#floor.transferring.excusing' },
    {
      guard: 'isSessionGone',
      target: '#floor.ending.apologizing',
      actions: { type: 'recordEnd', params: 'failed' },
    },
    // The caller was warned: what is being said now is broken off, so that the goodbye comes in time.
    {
      guard: 'isGoodbyeDue',
      target: '#floor.ending.farewell',
      actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'max_duration' }],
    },
    {
      guard: 'isEndDueSpoken',
      target: '#floor.ending.closing',
      actions: { type: 'recordEnd', params: 'agent_ended' },
    },
    {
      guard: 'isEndDue',
      target: '#floor.ending.farewell',
      actions: { type: 'recordEnd', params: 'agent_ended' },
    },
    { guard: 'isTransferDueSpoken', target: '#floor.transferring.dialing' },
    {
      guard: 'isTransferDue',
      target: '#floor.transferring.announcing',
      actions: { type: 'tellModelToSpeak', params: 'transfer' },
    },
  ],
  on: {
    'digit.pressed': {
      target: '.listening.enteringDigits',
      actions: [
        'tellPhoneToClear',
        'tellModelToCancel',
        'recordFloor',
        { type: 'recordFirstDigit', params: ({ event }) => event.digit },
      ],
    },
    'transfer.requested': {
      guard: { type: 'hasPersonOrNumber', params: ({ event }) => event.hasNumber },
      target: '#floor.transferring.announcing',
      actions: { type: 'tellModelToSpeak', params: 'transfer' },
    },
    'say.requested': {
      actions: { type: 'tellModelToSay', params: ({ event }) => event.text },
    },
    'consent.wanted': { actions: 'tellModelToAnnounce' },
    'whisper.requested': {
      actions: { type: 'tellModelInConfidence', params: ({ event }) => event.text },
    },
    // Otherwise it is no more certain than when the model was told that it is late.
    'tool.cameLate': {
      guard: { type: 'isCertain', params: ({ event }) => event.outcome },
      actions: { type: 'tellModelWhatCameLate', params: ({ event }) => event },
    },
    'mute.requested': {
      actions: { type: 'tellPhoneToMute', params: ({ event }) => event.muted },
    },
  },
  states: { greeting, listening, responding, toolExecuting, interrupted },
});
