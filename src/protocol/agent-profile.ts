/**
 * An agent profile: one business, one voice, one set of tools. `AGENTS_DIR/*.json`.
 *
 * Only `id` and `business.name` are required; everything else has a default.
 * A profile is strict: a word it does not know is a mistake, and is named.
 * `docs/reference/agent-profile.md` is written from this schema.
 */

import { z } from 'zod';
import { type FieldProblem, readFields } from './field-problem.ts';
import { McpServer, Webhook } from './profile-tools.ts';
import { toolNameProblems } from './tool-names.ts';

const MAX_MS = 86_400_000; // A timer past 2^31-1 ms fires at once; a day is far below it and far above any need.
const Ms = z.int().min(0).max(MAX_MS).meta({ title: 'milliseconds' });
const E164 = z
  .string()
  .regex(/^\+[1-9]\d{7,14}$/, 'must be E.164, for example +12025550100')
  .meta({ title: 'E.164 number', examples: ['+12025550100'] });

const ServerVad = z.strictObject({
  type: z.literal('server_vad').describe('turns end after a silence'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('how sure the detector must be that it hears speech'),
  prefix_padding_ms: Ms.default(300).describe('audio kept from before speech was noticed'),
  silence_duration_ms: Ms.default(500).describe('silence that ends a turn'),
  idle_timeout_ms: z
    .int()
    .min(5000)
    .max(30_000)
    .nullable()
    .default(null)
    .describe('the model itself asks after so much silence; null leaves that to limits.idleMs'),
});

const SemanticVad = z.strictObject({
  type: z.literal('semantic_vad').describe('turns end when the words sound finished'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto').describe('how soon the agent answers'),
});

const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM')
  .meta({ examples: ['09:00', '18:00'] });

/** A night is two rows, to 24:00 and from 00:00: each row lies in one day. */
const OpeningHours = z
  .strictObject({ days: z.array(Weekday).min(1), from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' });

const Service = z.union([
  z.string().min(1),
  z.strictObject({ name: z.string().min(1), durationMinutes: z.int().min(5).max(1440).default(30) }),
]);

const LanguageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 tag, as in en or pt-BR')
  .meta({ title: 'BCP 47 tag', examples: ['en', 'pt-BR'] });

const isTimezone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** What the engine says itself: written here, or in the language of the profile. */
const Spoken = z
  .string()
  .regex(/[\p{L}\p{N}]/u, 'must hold words')
  .max(200)
  .optional();

const unique = (kind: string) => ({
  check: (words: readonly string[]) => new Set(words).size === words.length,
  message: `must not name a ${kind} twice`,
});
const uniqueNumbers = unique('number');
const uniqueTools = unique('tool');

/** Tools are found by their names, so no two of a kind share one. */
const distinct = (named: readonly { readonly name: string }[]) =>
  new Set(named.map(({ name }) => name)).size === named.length;
const uniqueResources = unique('resource');

export const AgentProfile = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
    .describe('names the agent in the API and in the journal'),
  phoneNumbers: z
    .array(E164)
    .refine(uniqueNumbers.check, uniqueNumbers.message)
    .meta({ uniqueItems: true })
    .default([])
    .describe('the numbers called that lead to this agent'),
  business: z
    .strictObject({
      name: z.string().min(1).max(200).describe('as it is said aloud'),
      description: z.string().max(4000).default('').describe('what the agent knows of the business'),
      hours: z
        .union([z.string().max(1000), z.array(OpeningHours)])
        .default('')
        .describe('said by the agent as written; or rows of {days, from, to}, which also bound bookings'),
      services: z
        .array(Service)
        .default([])
        .describe('what can be asked for or booked: a name, or {name, durationMinutes} (30 when not given)'),
      address: z.string().max(500).default('').describe('where the business is'),
      timezone: z
        .string()
        .refine(isTimezone, 'must be an IANA time zone')
        .meta({ examples: ['America/New_York', 'Europe/Berlin'] })
        .default('UTC')
        .describe('IANA zone in which the business thinks'),
      holidays: z
        .array(z.iso.date())
        .default([])
        .describe('days on which the business is closed, YYYY-MM-DD in its own zone'),
      resources: z
        .array(z.string().max(60).trim().min(1))
        .max(50)
        .refine(uniqueResources.check, uniqueResources.message)
        .meta({ uniqueItems: true, examples: [['chair 1', 'chair 2']] })
        .default([])
        .describe(
          'what takes one appointment at a time, as in chairs or vans; any of them can take any service. Empty for one',
        ),
    })
    .describe('whom the agent speaks for'),
  voice: z
    .string()
    .min(1)
    .default('marin')
    .meta({ examples: ['marin', 'cedar'] })
    .describe("the model's voice"),
  personality: z.string().max(4000).default('Warm, brief and practical.').describe('how the agent speaks'),
  greeting: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'the first sentence, word for word, as in "Hi, this is {business.name}, how can I help you?"; by default the like in its language',
    ),
  greetingMode: z
    .enum(['model', 'clip'])
    .default('model')
    .describe('`model`: said by the model; `clip`: rendered once, played while the model connects'),
  language: z
    .strictObject({
      default: LanguageTag.default('en').describe('the language the agent begins in, BCP 47'),
      switch: z
        .enum(['when-caller-does', 'never'])
        .default('when-caller-does')
        .describe('whether the agent follows a caller who speaks another language'),
      allowed: z.array(LanguageTag).default([]).describe('languages it may switch to; empty for any'),
    })
    .default({ default: 'en', switch: 'when-caller-does', allowed: [] })
    .describe('what it speaks'),
  turnDetection: z
    .discriminatedUnion('type', [ServerVad, SemanticVad])
    .default(() => ServerVad.parse({ type: 'server_vad' }))
    .describe('how it is noticed that the caller has finished'),
  bargeIn: z
    .enum(['immediate', 'confirmed'])
    .default('immediate')
    .describe(
      '`immediate`: any speech interrupts; `confirmed`: the agent falls silent, and goes on when no speech follows',
    ),
  audio: z
    .enum(['pcmu', 'pcma', 'pcm16'])
    .default('pcmu')
    .describe(
      'what the model speaks: mu-law passes unchanged, A-law (`pcma`) goes by a table, pcm16 is resampled',
    ),
  filler: z
    .enum(['clip', 'model', 'none'])
    .default('clip')
    .describe('what the caller hears while a slow tool runs'),
  tools: z
    .array(z.string())
    .refine(uniqueTools.check, uniqueTools.message)
    .meta({ uniqueItems: true })
    .default([
      'create_lead',
      'check_availability',
      'book_appointment',
      'cancel_appointment',
      'reschedule_appointment',
      'send_sms',
      'escalate_to_human',
      'pause_recording',
      'resume_recording',
      'end_call',
    ])
    .describe('what the agent can do'),
  webhooks: z
    .array(Webhook)
    .refine(distinct, 'must not have two of one name')
    .default([])
    .describe('tools that are HTTP requests'),
  mcpServers: z
    .array(McpServer)
    .refine(distinct, 'must not have two of one name')
    .default([])
    .describe('servers of the Model Context Protocol whose tools can be named in `tools`'),
  escalation: z
    .strictObject({ phoneNumber: E164.describe('where calls are transferred to') })
    .optional()
    .describe('the people behind the agent'),
  contacts: z
    .record(z.string().regex(/^[a-z][a-z0-9_ ]{0,39}$/, 'must be a name in small letters'), E164)
    .default({})
    .describe(
      'whom the agent may text beside the caller, by name: the model sees the names and never a number',
    ),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be a code of ISO 3166, such as "US"'))
    .min(1)
    .optional()
    .describe("whose numbers may be texted and called; by default that of the business's own number"),
  readBack: z
    .enum(['asked', 'required'])
    .default('asked')
    .describe(
      '`asked`: the model is told to read the details back before an effect that cannot be undone; `required`: the engine refuses the effect until the caller heard them and spoke, and allows one effect each turn',
    ),
  recording: z.boolean().default(false).describe('whether calls are recorded, after an announcement'),
  recordingAnnouncement: z
    .string()
    .regex(/[\p{L}\p{N}]/u, 'must hold words')
    .max(200)
    .optional()
    .describe(
      'said before the greeting of a call that is recorded, word for word; recording begins when it was heard. By default "This call is recorded." in its language',
    ),
  maskDigits: z.boolean().default(true).describe('digits are masked in the journal'),
  cardNumbers: z
    .enum(['mask', 'keep'])
    .default('mask')
    .describe(
      '`mask`: numbers of payment cards and their codes, said or keyed, are removed from all that is stored, from what tools get, and from what is keyed in for the model, and recordings pause for them; `keep`: they are words like any other',
    ),
  busyMessage: z
    .string()
    .max(500)
    .optional()
    .describe(
      'what a caller hears when no line is free; by default "All our lines are busy. Please call again later." in its language',
    ),
  sentences: z
    .strictObject({
      hold: Spoken.describe('asks to wait'),
      sorry: Spoken.describe('asks to say it again, when no reply came about'),
      failed: Spoken.describe('says that the call has to end, when the model is gone'),
      filler: Spoken.describe('said while a slow tool runs, with `filler` at `clip`'),
    })
    .default({})
    .describe('what the engine says itself; by default in the language of the profile'),
  limits: z
    .strictObject({
      maxCallMs: Ms.default(1_800_000).describe('longest call'),
      idleMs: Ms.default(15_000).describe(
        'silence after which the agent asks; after the third it says goodbye',
      ),
      toolTimeoutMs: Ms.default(8000).describe('longest a tool may take'),
      maxTurnMs: Ms.default(60_000).describe('a caller who talks longer than this is answered'),
      minSpeechMs: Ms.default(400).describe(
        'with `confirmed` barge-in: less speech than this is a false alarm',
      ),
    })
    .default({
      maxCallMs: 1_800_000,
      idleMs: 15_000,
      toolTimeoutMs: 8000,
      maxTurnMs: 60_000,
      minSpeechMs: 400,
    })
    .describe('how long things may take'),
});

export type AgentProfile = z.infer<typeof AgentProfile>;

/**
 * Reads one profile, and tells every problem when it cannot be used.
 *
 * @param knownTools - the tools that the engine has; a profile that names another is wrong.
 */
export function readAgentProfile(
  written: unknown,
  knownTools: ReadonlySet<string>,
): { profile: AgentProfile } | { problems: FieldProblem[] } {
  const read = readFields(AgentProfile, written);
  if ('problems' in read) return read;
  const problems = toolNameProblems(read.value, knownTools);
  return problems.length > 0 ? { problems } : { profile: read.value };
}
