import type { RouteSpec } from '../../http/route-spec.ts';

const webhook = { guard: 'carrier', body: 'form' } as const;

/** What Twilio asks. */
export const WEBHOOK_ROUTES = {
  'POST /twilio/voice': {
    ...webhook,
    takes: '`CallSid`, `From`, `To`, ...',
    answers: '200 TwiML, never a 5xx',
    meaning: 'a new call, and its fallback URL: opens a stream, or says that all lines are busy',
  },
  'POST /twilio/after-stream': {
    ...webhook,
    takes: '`CallSid`, `CallStatus`; `epoch`: which stream of the call is over',
    answers: '200 TwiML',
    meaning: 'what comes after a stream: another stream, a `<Dial>` for a transfer, or `<Hangup/>`',
  },
  'POST /twilio/dial-result': {
    ...webhook,
    takes: '`CallSid`, `DialCallStatus`',
    answers: '200 TwiML',
    meaning: 'what comes after a transfer: the agent again when nobody answered, or `<Hangup/>`',
  },
  'POST /twilio/status': {
    ...webhook,
    takes: '`CallSid` and `CallStatus` or `StreamEvent`; or `MessageSid` and `MessageStatus`',
    answers: '200, an empty `<Response/>`',
    meaning: 'status callbacks of calls, streams and messages',
  },
  'POST /twilio/recording': {
    ...webhook,
    takes: '`CallSid`, `RecordingSid`, `RecordingStatus`',
    answers: '200, an empty `<Response/>`',
    meaning: 'recording status callback',
  },
  'GET /twilio/media': {
    guard: 'carrier',
    body: 'none',
    takes: '',
    answers: '426 with what the proxy in front left out',
    meaning: 'a media stream that comes without its upgrade: `callchart doctor` asks so',
  },
} as const satisfies Record<`${'GET' | 'POST'} /twilio/${string}`, RouteSpec>;
