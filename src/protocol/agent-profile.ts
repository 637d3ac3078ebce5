/**
 * An agent profile: one business, one voice, one set of tools. `AGENTS_DIR/*.json`.
 *
 * Only `id` and `business.name` are required; everything else has a default.
 * A profile is strict: a word it does not know is a mistake, and is named.
 */

import { z } from 'zod';

const MAX_MS = 86_400_000; // A timer past 2^31-1 ms fires at once; a day is far below it and far above any need.
const Ms = z.int().min(0).max(MAX_MS);
const E164 = z.string().regex(/^\+[1-9]\d{7,14}$/, 'must be E.164, for example +12025550100');

const ServerVad = z.strictObject({
  type: z.literal('server_vad'),
  /** How sure the detector must be that it hears speech, 0 to 1. */
  threshold: z.number().min(0).max(1).default(0.5),
  prefix_padding_ms: Ms.default(300),
  silence_duration_ms: Ms.default(500),
  idle_timeout_ms: z.int().min(5000).max(30_000).nullable().default(null),
});

const SemanticVad = z.strictObject({
  type: z.literal('semantic_vad'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
});

const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM');

const OpeningHours = z.strictObject({
  days: z.array(Weekday).min(1),
  from: TimeOfDay,
  to: TimeOfDay,
});

const Service = z.union([
  z.string().min(1),
  z.strictObject({ name: z.string().min(1), durationMinutes: z.int().min(5).max(1440).default(30) }),
]);

const isTimezone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const AgentProfile = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  /** The numbers called that lead to this agent. */
  phoneNumbers: z.array(E164).default([]),
  business: z.strictObject({
    name: z.string().min(1).max(200),
    description: z.string().max(4000).default(''),
    /** Said by the agent as written; or opening hours that also bound bookings. */
    hours: z.union([z.string().max(1000), z.array(OpeningHours)]).default(''),
    services: z.array(Service).default([]),
    address: z.string().max(500).default(''),
    timezone: z.string().refine(isTimezone, 'must be an IANA time zone').default('UTC'),
    /** Days on which the business is closed, YYYY-MM-DD in its own zone. */
    holidays: z.array(z.iso.date()).default([]),
  }),
  voice: z.string().min(1).default('marin'),
  personality: z.string().max(4000).default('Warm, brief and practical.'),
  greeting: z.string().min(1).max(500).default('Hi, this is {business.name}, how can I help you?'),
  /** `model`: said by the model, word for word. `clip`: rendered once, played while the model connects. */
  greetingMode: z.enum(['model', 'clip']).default('model'),
  language: z
    .strictObject({
      /** BCP 47. */
      default: z.string().default('en'),
      switch: z.enum(['when-caller-does', 'never']).default('when-caller-does'),
      /** Languages the agent may switch to; empty for any. */
      allowed: z.array(z.string()).default([]),
    })
    .default({ default: 'en', switch: 'when-caller-does', allowed: [] }),
  turnDetection: z
    .discriminatedUnion('type', [ServerVad, SemanticVad])
    .default(() => ServerVad.parse({ type: 'server_vad' })),
  /** `immediate`: any speech interrupts. `confirmed`: the agent falls silent, and goes on when no speech follows. */
  bargeIn: z.enum(['immediate', 'confirmed']).default('immediate'),
  audio: z.enum(['pcmu', 'pcm16']).default('pcmu'),
  /** What the caller hears while a slow tool runs. */
  filler: z.enum(['clip', 'model', 'none']).default('clip'),
  tools: z
    .array(z.string())
    .default(['create_lead', 'check_availability', 'book_appointment', 'send_sms', 'escalate_to_human', 'end_call']),
  escalation: z.strictObject({ phoneNumber: E164 }).optional(),
  recording: z.boolean().default(false),
  /** Digits are masked in the journal. */
  maskDigits: z.boolean().default(true),
  busyMessage: z.string().max(500).default('All our lines are busy. Please call again later.'),
  limits: z
    .strictObject({
      maxCallMs: Ms.default(1_800_000),
      idleMs: Ms.default(15_000),
      toolTimeoutMs: Ms.default(8000),
      /** A caller who talks longer than this is answered. */
      maxTurnMs: Ms.default(60_000),
      /** With `confirmed` barge-in: less speech than this is a false alarm. */
      minSpeechMs: Ms.default(400),
    })
    .default({
      maxCallMs: 1_800_000,
      idleMs: 15_000,
      toolTimeoutMs: 8000,
      maxTurnMs: 60_000,
      minSpeechMs: 400,
    }),
});

export type AgentProfile = z.infer<typeof AgentProfile>;

/** The greeting with the business's name in it, as it is to be said. */
export function greetingOf(profile: AgentProfile): string {
  return profile.greeting.replaceAll('{business.name}', profile.business.name);
}
