import type { StatusForm } from '../../../protocol/twilio-webhook.ts';
import type { CarrierNews, StreamEvent } from '../../desk/desk.ts';
import { endReasonOf } from './call-status.ts';

const STREAM_EVENTS: ReadonlyMap<string, StreamEvent> = new Map([
  ['stream-started', 'started'],
  ['stream-stopped', 'stopped'],
  ['stream-error', 'failed'],
]);

/** What a status callback tells, in the desk's words. Twilio's words for how far a text has come are the engine's. */
export function newsOf(status: StatusForm): CarrierNews {
  switch (status.of) {
    case 'call': {
      const { CallSid: callSid, CallStatus } = status.form;
      return { of: 'call', callSid, status: CallStatus, over: endReasonOf(CallStatus) };
    }
    case 'message':
      return { of: 'message', messageSid: status.form.MessageSid, status: status.form.MessageStatus };
    case 'stream': {
      const { CallSid: callSid, StreamEvent: event } = status.form;
      return { of: 'stream', callSid, event: STREAM_EVENTS.get(event) ?? 'unknown' };
    }
  }
}
