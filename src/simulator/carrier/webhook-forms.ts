import type { CallStatus, DialCallStatus } from '../../protocol/twilio-webhook.ts';

/** Field by field, as it is posted. */
export type WebhookForm = Readonly<Record<string, string>>;

/** What Twilio posts about a call with every request of it. */
export interface CalledParties {
  readonly callSid: string;
  readonly accountSid: string;
  /** E.164, or what the carrier says instead. */
  readonly from: string;
  readonly to: string;
  /** Who began the call; `inbound` unless said otherwise. */
  readonly direction?: 'inbound' | 'outbound-api' | 'outbound-dial';
}

/**
 * The forms that Twilio posts, as the engine's routes get them. Numbers are
 * decimal strings.
 *
 * Source: Twilio docs, "TwiML Voice: request parameters", "Call resource:
 * status callbacks", "Media Streams: status callbacks", "`<Dial>` action",
 * "Recording: status callbacks".
 */

/** Asks what to do: the voice webhook, `<Redirect>`, the `action` of `<Connect>`. */
export function voiceForm(call: CalledParties, status: CallStatus, isTest = false): WebhookForm {
  return { ...callFields(call), CallStatus: status, ...(isTest && { CallchartTest: 'true' }) };
}

/** The `action` of a `<Dial>`: what became of the leg that was rung. `seconds` it was answered for. */
export function dialResultForm(
  call: CalledParties,
  status: CallStatus,
  dial: { readonly status: DialCallStatus; readonly callSid: string; readonly seconds: number },
): WebhookForm {
  const wasAnswered = dial.status === 'completed' || dial.status === 'answered';
  return {
    ...voiceForm(call, status),
    DialCallStatus: dial.status,
    DialCallSid: dial.callSid,
    DialBridged: String(wasAnswered),
    ...(wasAnswered && { DialCallDuration: String(dial.seconds) }),
  };
}

/** Tells how a call goes on. `sequence` counts the callbacks of a call, from 0; only `completed` has a duration, in seconds. */
export function callStatusForm(
  call: CalledParties,
  status: CallStatus,
  { sequence = 0, seconds = 0 }: { readonly sequence?: number; readonly seconds?: number } = {},
): WebhookForm {
  return {
    ...voiceForm(call, status),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    ...(status === 'completed' && { CallDuration: String(seconds) }),
  };
}

/** Tells of a stream. It has no field of the call but its SID. */
export function streamStatusForm(
  { callSid, accountSid }: CalledParties,
  event: 'stream-started' | 'stream-stopped' | 'stream-error',
  stream: { readonly streamSid: string; readonly atMs: number; readonly error?: string },
): WebhookForm {
  return {
    AccountSid: accountSid,
    CallSid: callSid,
    StreamSid: stream.streamSid,
    StreamEvent: event,
    ...(stream.error !== undefined && { StreamError: stream.error }),
    Timestamp: new Date(stream.atMs).toISOString(),
  };
}

function callFields({ callSid, accountSid, from, to, direction = 'inbound' }: CalledParties): WebhookForm {
  return {
    ...{ CallSid: callSid, AccountSid: accountSid, From: from, To: to },
    ...{ Direction: direction, ApiVersion: '2010-04-01' },
  };
}
