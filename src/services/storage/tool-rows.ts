import { isoOf } from './instant.ts';
import type { Booking, Lead, Message } from './journal.port.ts';

/** What tools store, as it lies on disk. Times are milliseconds since the Unix epoch. */
export interface LeadRow extends Omit<Lead, 'callSid' | 'createdAt'> {
  readonly call_sid: string;
  readonly at: number;
}

export interface BookingRow extends Omit<Booking, 'callSid' | 'createdAt' | 'startsAt' | 'endsAt'> {
  readonly call_sid: string;
  readonly starts_at: number;
  readonly ends_at: number;
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

export const bookingOf = (row: BookingRow): Booking => ({
  id: row.id,
  callSid: row.call_sid,
  name: row.name,
  phone: row.phone,
  service: row.service,
  startsAt: isoOf(row.starts_at),
  endsAt: isoOf(row.ends_at),
  timezone: row.timezone,
  status: row.status,
  createdAt: isoOf(row.at),
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
