/**
 * What Twilio posts to us: form fields of voice, `<Connect>` action, `<Dial>`
 * action, recording and status requests.
 *
 * Source: Twilio docs, "TwiML Voice: request parameters", "Call resource:
 * status callbacks", "Media Streams: status callbacks", "Message resource:
 * status callbacks". Only what the engine acts on is read; Twilio adds fields
 * without notice. A field that is no reason to refuse a request reads as absent
 * when it is odd.
 */

import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { FormFields } from './form-fields.ts';

const CallSid = z.string().regex(/^CA[0-9a-f]{32}$/i);
const MessageSid = z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i);
const RecordingSid = z.string().regex(/^RE[0-9a-f]{32}$/i);

const CallStatus = z.enum([
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
]);
export type CallStatus = z.infer<typeof CallStatus>;

/** Twilio's `DialCallStatus`. */
const DialCallStatus = z.enum(['completed', 'answered', 'busy', 'no-answer', 'failed', 'canceled']);
export type DialCallStatus = z.infer<typeof DialCallStatus>;

const Text = z.string().optional().catch(undefined);
/** A caller's or callee's place. What no carrier would write (control characters, too much) reads as withheld. */
const Party = z
  .string()
  .max(256)
  .regex(/^\P{Cc}*$/u)
  .catch('');
const Count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
  .optional()
  .catch(undefined);
const MaybeCallStatus = CallStatus.optional().catch(undefined);

const VoiceForm = z.object({
  CallSid,
  /** E.164, or what the carrier says instead (`anonymous`). Caller ID can be forged: it proves nothing. */
  From: Party,
  To: Party,
  CallStatus: MaybeCallStatus,
  /** `inbound`, `outbound-api`, `outbound-dial`. */
  Direction: Text,
  /** Set when Twilio asks at the fallback URL, because an answer before this one could not be used. */
  ErrorCode: Text,
  /** `true` of a call that `callchart call` places. A field of ours: no carrier has it, and none lets a caller add it. */
  CallchartTest: Text,
});

const AfterStreamForm = z.object({ CallSid, CallStatus: MaybeCallStatus });

/** Of the query of that question, which the engine wrote itself: which stream of the call is over. */
const Epoch = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number)
  .optional()
  .catch(undefined);

const DialResultForm = z.object({
  CallSid,
  CallStatus: MaybeCallStatus,
  /** A result that Twilio does not document counts as a transfer that failed: the caller comes back. */
  DialCallStatus: DialCallStatus.catch('failed'),
});

const RecordingForm = z.object({
  CallSid,
  RecordingSid,
  /** `in-progress`, `completed`, `absent`, `failed`. The URL in the form is not read: it is rebuilt from the SID. */
  RecordingStatus: z.string(),
  RecordingDuration: Count,
});

const CallStatusForm = z.object({
  CallSid,
  CallStatus,
  /** Orders callbacks of one call; they can arrive doubled and out of order. */
  SequenceNumber: Count,
  /** Seconds, with `completed`. */
  CallDuration: Count,
  AnsweredBy: Text,
});
type CallStatusForm = z.infer<typeof CallStatusForm>;

const StreamStatusForm = z.object({
  CallSid,
  StreamSid: z.string(),
  /** `stream-started`, `stream-stopped`, `stream-error`. */
  StreamEvent: z.string(),
  StreamError: Text,
});
type StreamStatusForm = z.infer<typeof StreamStatusForm>;

const MessageStatusForm = z.object({
  MessageSid,
  /** `queued`, `sending`, `sent`, `delivered`, `undelivered`, `failed`, ... */
  MessageStatus: z.string(),
  ErrorCode: Text,
});
type MessageStatusForm = z.infer<typeof MessageStatusForm>;

/** What is read of each request, by what it is about. */
export const TWILIO_FORMS = {
  voice: VoiceForm,
  afterStream: AfterStreamForm,
  dialResult: DialResultForm,
  recording: RecordingForm,
  callStatus: CallStatusForm,
  streamStatus: StreamStatusForm,
  messageStatus: MessageStatusForm,
} as const;

/** @throws {EngineError} `WEBHOOK_INVALID` without a usable `CallSid`. */
export const readVoiceForm = (form: FormFields) => read(VoiceForm, form);

/** @throws {EngineError} `WEBHOOK_INVALID` without a usable `CallSid`. */
export const readAfterStreamForm = (form: FormFields) => read(AfterStreamForm, form);

/** The stream that an `action` of `<Connect>` names; undefined where it names none. */
export const readEpoch = (query: URLSearchParams) => Epoch.parse(query.get('epoch') ?? undefined);

/** @throws {EngineError} `WEBHOOK_INVALID` without a usable `CallSid`. */
export const readDialResultForm = (form: FormFields) => read(DialResultForm, form);

/** @throws {EngineError} `WEBHOOK_INVALID` without a usable `CallSid`, `RecordingSid` or `RecordingStatus`. */
export const readRecordingForm = (form: FormFields) => read(RecordingForm, form);

/** One of the three callbacks that share a route. */
export type StatusForm =
  | { readonly of: 'call'; readonly form: CallStatusForm }
  | { readonly of: 'stream'; readonly form: StreamStatusForm }
  | { readonly of: 'message'; readonly form: MessageStatusForm };

/** @throws {EngineError} `WEBHOOK_INVALID` when it is none of the three, or lacks the SID of what it is about. */
export function readStatusForm(form: FormFields): StatusForm {
  if ('StreamEvent' in form) return { of: 'stream', form: read(StreamStatusForm, form) };
  if ('MessageStatus' in form) return { of: 'message', form: read(MessageStatusForm, form) };
  return { of: 'call', form: read(CallStatusForm, form) };
}

function read<Form>(schema: z.ZodType<Form>, form: FormFields): Form {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  // Names of fields only: the values are the caller's.
  const names = new Set(result.error.issues.map(({ path }) => path.map(String).join('.')));
  throw new EngineError('WEBHOOK_INVALID', [...names].join(', '));
}
