/** What tools stored, as `/api/leads`, `/api/bookings` and `/api/messages` tell it. */

import { z } from 'zod';
import { Instant } from './console-calls.ts';
import { pageOf } from './rest.ts';

export const Lead = z.strictObject({
  id: z.string(),
  callSid: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  interest: z.string().nullable(),
  notes: z.string().nullable(),
  createdAt: Instant,
});
export type Lead = z.infer<typeof Lead>;

export const Booking = z.strictObject({
  id: z.string(),
  callSid: z.string(),
  name: z.string(),
  /** The number to reach the person at: what was said, else the caller's. */
  phone: z.string().nullable(),
  service: z.string(),
  startsAt: Instant,
  endsAt: Instant,
  /** IANA zone in which the business thinks. */
  timezone: z.string(),
  /** Whose time it takes, where the profile names several; null for the only one. */
  resource: z.string().nullable(),
  /** `rescheduled`: another booking stands in its place. */
  status: z.enum(['confirmed', 'cancelled', 'rescheduled']),
  createdAt: Instant,
});
export type Booking = z.infer<typeof Booking>;

export const Message = z.strictObject({
  id: z.string(),
  callSid: z.string(),
  /** E.164. */
  to: z.string(),
  body: z.string(),
  /** `pending` until the provider answers; then the provider's word (`queued`, `sent`, `delivered`, `failed`). */
  status: z.string(),
  providerSid: z.string().nullable(),
  createdAt: Instant,
});
export type Message = z.infer<typeof Message>;

export const LeadPage = pageOf(Lead);
export const BookingPage = pageOf(Booking);
export const MessagePage = pageOf(Message);
