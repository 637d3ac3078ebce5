/**
 * Has one effect in a process of its own, which kills itself at the point it is
 * told: each message to the journal's thread (before it, and right after), each
 * answer of the thread, each request to the carrier and each answer of it.
 * Prints what came of it as JSON, when it lives to see it.
 *
 * Argument: an `Outgoing` as JSON.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { Outbox } from '../../src/services/outbox/outbox.ts';
import { openJournal } from '../../src/services/storage/client/sqlite-journal.ts';
import { createHouseTools } from '../../src/services/tools/house/house-tools.ts';
import { createToolbox } from '../../src/services/tools/toolbox.ts';
import { createTwilioCalls } from '../../src/services/twilio/rest/outbound-calls.ts';
import { createTwilioRest } from '../../src/services/twilio/rest/rest.ts';
import { createTwilioTexts } from '../../src/services/twilio/rest/text-messages.ts';
import { startThread } from '../../src/thread.ts';
import { hurried } from './hurried-clock.ts';

export type Effect = 'lead' | 'booking' | 'move' | 'text' | 'call';

export interface Outgoing {
  readonly effect: Effect;
  readonly file: string;
  readonly rest: { readonly apiUrl: string; readonly accountSid: string; readonly authToken: string };
  /** The point at which the process dies, from 1. 0: it lives. */
  readonly killAt: number;
  /** How many times as fast as the system's its timers are. */
  readonly speed: number;
}

export interface Came {
  /** How many points there were. */
  readonly points: number;
  /** What the model is told, asked for the same twice. */
  readonly told: readonly unknown[];
  readonly bookings: readonly { readonly status: string; readonly startsAt: string }[];
  readonly leads: number;
  readonly messages: readonly { readonly status: string }[];
}

/** Tuesday, 10 March 2026, 10:00 in New York. */
const NOW = Date.parse('2026-03-10T14:00:00Z');
const CALL_SID = `CA${'1'.repeat(32)}`;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const { effect, file, rest: account, killAt, speed } = JSON.parse(process.argv[2] ?? '') as Outgoing;
let isArmed = false;
let points = 0;
const point = () => {
  if (isArmed && ++points === killAt) process.kill(process.pid, 'SIGKILL');
};

const { fetch } = globalThis;
globalThis.fetch = async (...request: Parameters<typeof fetch>) => {
  point();
  const answered = fetch(...request);
  point();
  const response = await answered;
  point();
  return response;
};

const clock = speed === 1 ? systemClock : hurried(speed);
const journal = await openJournal({
  file,
  clock: systemClock,
  log,
  start: (module, options) => {
    const thread = startThread(module, options);
    const post = thread.postMessage.bind(thread);
    thread.postMessage = (message: unknown) => {
      point();
      post(message);
      point();
    };
    return thread.on('message', point);
  },
});
const rest = createTwilioRest({ ...account, fromNumber: '+12025550100', timeoutMs: 2000 });
const statusUrl = 'http://engine.test/twilio/status';
const outbox = new Outbox({ journal, clock, log, chance: () => 0, ownerMs: 300 });
const profile = AgentProfile.parse({
  id: 'shop',
  business: {
    name: 'The Shop',
    timezone: 'America/New_York',
    hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
    services: ['Advice'],
  },
});
const call = {
  callSid: CALL_SID,
  agentId: 'shop',
  direction: 'inbound',
  from: '+12025550123',
  to: '+12025550100',
  profile,
  now: () => NOW,
} as const;
const toolbox = createToolbox({
  tools: createHouseTools({ journal, texts: outbox, requestRecording: () => undefined }),
  callOf: () => call,
  clock,
  log,
  journal,
});

let asked = 0;
async function use(name: string, args: object): Promise<unknown> {
  // Another session of the model, which knows nothing of what was asked before: an id of its own each time.
  const request = {
    toolCallId: `call_${String(process.pid)}_${String(++asked)}`,
    name,
    argumentsJson: JSON.stringify(args),
  };
  const { output } = await toolbox.run({ callSid: CALL_SID, request }, new AbortController().signal);
  return JSON.parse(output);
}

const SLOT = { name: 'Ann', service: 'Advice', date: '2026-03-12', time: '14:30' };

async function have(): Promise<unknown> {
  switch (effect) {
    case 'lead':
      return use('create_lead', { name: 'Ann' });
    case 'booking':
      return use('book_appointment', SLOT);
    case 'move':
      return use('reschedule_appointment', {
        date: '2026-03-12',
        time: '14:30',
        newDate: '2026-03-13',
        newTime: '10:00',
      });
    case 'text':
      return use('send_sms', { body: 'Your appointment is on Thursday.' });
    case 'call': {
      const request = { key: 'campaign-7', from: '+12025550100', to: '+12025550123', agentId: 'shop' };
      const { errand } = await journal.transact('requestCall', { ...request, at: Date.now() });
      const { status, reason } = (await outbox.deliver(errand.id)) ?? {};
      return { status, reason };
    }
  }
}

if (effect === 'move' && (await journal.query('bookings', { limit: 1 })).items.length === 0)
  await use('book_appointment', SLOT);
outbox.start({
  text: createTwilioTexts({ rest, statusUrl }),
  call: createTwilioCalls({ rest, statusUrl, voiceUrl: 'http://engine.test/twilio/voice' }),
});
isArmed = true;
const first = await have();
isArmed = false;
const told = [first, await have()];
await outbox.close();
const came: Came = {
  points,
  told,
  bookings: (await journal.query('bookings', { limit: 10 })).items,
  leads: (await journal.query('leads', { limit: 10 })).items.length,
  messages: (await journal.query('messages', { limit: 10 })).items,
};
await journal.close();
writeSync(1, JSON.stringify(came));
