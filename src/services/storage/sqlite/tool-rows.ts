import { isoOf } from '../folds/instant.ts';
import type { Lead, Message } from '../../../protocol/stored-items.ts';

/** What tools store, as it lies on disk. Times are milliseconds since the Unix epoch. */
export interface LeadRow extends Omit<Lead, 'callSid' | 'createdAt'> {
  readonly call_sid: string;
  readonly at: number;
}

export interface MessageRow extends Pick<Message, 'id' | 'body' | 'status'> {
  readonly call_sid: string;
  readonly destination: string;
  readonly provider_sid: string | null;
  readonly at: number;
}

export const leadOf = ({ id, call_sid, name, phone, email, interest, notes, at }: LeadRow): Lead => ({
  id,
  callSid: call_sid,
  name,
  phone,
  email,
  interest,
  notes,
  createdAt: isoOf(at),
});

export const messageOf = ({
  id,
  call_sid,
  destination,
  body,
  status,
  provider_sid,
  at,
}: MessageRow): Message => ({
  id,
  callSid: call_sid,
  to: destination,
  body,
  status,
  providerSid: provider_sid,
  createdAt: isoOf(at),
});
