import { callSetup } from '../call.setup.ts';
import { awaitingStream } from './awaiting-stream.ts';
import { configuring } from './configuring.ts';
import { connecting } from './connecting.ts';
import { conversing } from './conversing.ts';
import { ending } from './ending.ts';
import { transferring } from './transferring.ts';

/**
 * Who has the floor: the states that people talk about. What may happen at any
 * time is taken here; everything else is in the state that it belongs to.
 */
export const floor = callSetup.createStateConfig({
  id: 'floor',
  initial: 'connecting',
  on: {
    'phone.stopped': { target: '.ending.settling', actions: { type: 'recordEnd', params: 'caller_hung_up' } },
    'phone.lost': [
      {
        guard: { type: 'isBeyondRecall', params: ({ event }) => event.error },
        target: '.ending.settling',
        actions: { type: 'recordEnd', params: 'failed' },
      },
      { guard: 'isGreetingOwed', target: '.awaitingStream.greetingOwed' },
      { guard: 'isQuiet', target: '.awaitingStream.quiet' },
      { target: '.awaitingStream.replyOwed' },
    ],
    'phone.completed': {
      target: '.ending.settling',
      actions: { type: 'recordEnd', params: ({ event }) => (event.failed ? 'failed' : 'caller_hung_up') },
    },
    'hangup.requested': {
      target: '.ending.closing',
      actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'operator' }],
    },
    'caller.keptSilent': { description: 'Ignored: silence counts only while nobody speaks.' },
    'tool.cameLate': { description: 'Recorded only: the model is not told outside the conversation.' },
  },
  states: { connecting, configuring, conversing, awaitingStream, transferring, ending },
});
