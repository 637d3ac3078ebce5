import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { LoneVoice } from '../../../src/simulator/speech/lone-voice.ts';
import { EngineOfWorkers, isAlive } from '../engine-of-workers.ts';
import { type FakeTwilioRest, startFakeTwilioRest } from '../fake-twilio-rest.ts';
import { Chance } from '../turn-taking/chance.ts';
import { ChaosCaller, type Spoken } from './chaos-caller.ts';
import type { ChaosMeasures } from './chaos-figures.ts';
import { SeenRows } from './seen-rows.ts';

export interface ChaosOptions {
  readonly workers: number;
  /** How many are in progress at a time. */
  readonly calls: number;
  readonly kills: number;
  /** Of what is killed, and when. */
  readonly seed: number;
  /** Between two kills, at least and at most, in ms. */
  readonly betweenMs: readonly [number, number];
  /** An empty one of its own: for the database and the agent. */
  readonly folder: string;
  /** What starts the engine, when not as tests do. */
  readonly program?: readonly string[];
  /** Told of each kill, and of each call that did not go on. */
  readonly tell?: (line: string) => void;
}

/** A caller is given so long after a loss, in ms, before the run counts it as lost for good. */
const BACK_WITHIN_MS = 20_000;
/** Calls do not all begin in one moment, in ms. */
const ARRIVES_EVERY_MS = 150;
/** One log after the other, in ms. */
const LOOKS_EVERY_MS = 100;
const LINES_OF_A_CALLER = 200;
const ADMIN_TOKEN = '9b1d0c3f7ea248569b1d0c3f7ea24856';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const HOURS = ['eight', 'nine', 'ten', 'eleven', 'one', 'two', 'three', 'four', 'five'];
const TALK = ['What are your opening hours?', 'What is your address?', 'What services do you offer?'];
const TEXT = 'Can you send me the details please?';

const AGENT = {
  id: 'default',
  business: {
    name: 'Acme',
    hours: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => ({
      days: [day],
      from: '07:00',
      to: '22:00',
    })),
    address: 'One Main Street',
    timezone: 'UTC',
    resources: Array.from({ length: 20 }, (_, index) => `room ${String(index + 1)}`),
  },
  tools: ['check_availability', 'book_appointment', 'send_sms', 'create_lead'],
  limits: { maxCallMs: 1_800_000, idleMs: 15_000, toolTimeoutMs: 8000 },
};

/** Callers who talk, book and are sent texts, while workers are killed under them. */
export async function runChaos(options: ChaosOptions): Promise<ChaosMeasures> {
  const { workers, calls, folder, program } = options;
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  writeFileSync(join(agents, 'default.json'), JSON.stringify(AGENT));
  const rest = await startFakeTwilioRest();
  const house = await EngineOfWorkers.start(
    {
      WORKERS: String(workers),
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agents,
      TWILIO_ACCOUNT_SID: rest.accountSid,
      TWILIO_AUTH_TOKEN: rest.authToken,
      TWILIO_PHONE_NUMBER: '+12025550100',
      TWILIO_API_URL: rest.url,
      ADMIN_TOKEN,
      MAX_CONCURRENT_CALLS: String(4 * calls),
      DRAIN_MS: '0',
    },
    program,
  );
  try {
    return await new ChaosRun(options, house, rest).run();
  } finally {
    process.kill(house.engine.pid, 'SIGKILL');
    await house.engine.ended;
    await rest.close();
  }
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #house: EngineOfWorkers;
  readonly #rest: FakeTwilioRest;
  readonly #chance: Chance;
  readonly #spoken = new Map<string, Uint8Array>();
  readonly #all: ChaosCaller[] = [];
  readonly #live = new Set<ChaosCaller>();
  readonly #rows: SeenRows;
  readonly #replacementsMs: number[] = [];
  #kills = 0;
  #isOver = false;

  constructor(options: ChaosOptions, house: EngineOfWorkers, rest: FakeTwilioRest) {
    this.#options = options;
    this.#house = house;
    this.#rest = rest;
    this.#chance = new Chance(options.seed);
    this.#rows = new SeenRows(house.url, ADMIN_TOKEN);
  }

  async run(): Promise<ChaosMeasures> {
    const { workers, calls, kills } = this.#options;
    await this.#speak();
    for (let worker = 0; worker < workers; worker++) await this.#house.line('worker listens');
    for (let caller = 0; caller < calls; caller++) {
      this.#call();
      await after(ARRIVES_EVERY_MS);
    }
    const over = new AbortController();
    const looking = this.#look(over.signal);
    await this.#firstText();
    for (let kill = 0; kill < kills; kill++) await this.#kill();
    // Whoever is hit last comes back, too.
    await after(this.#options.betweenMs[0]);
    this.#isOver = true;
    over.abort();
    await Promise.all([...this.#live].map((caller) => caller.hangUp(BACK_WITHIN_MS)));
    await looking;
    return this.#measures();
  }

  /** Nothing can be done twice before something is done. */
  async #firstText(): Promise<void> {
    const tooLate = AbortSignal.timeout(BACK_WITHIN_MS);
    while (!tooLate.aborted && this.#rest.messages.length === 0) await after(50);
  }

  /** Everything that anybody says is spoken once, before the first call. */
  async #speak(): Promise<void> {
    const voice = new LoneVoice();
    for (const text of new Set(sentences())) this.#spoken.set(text, await voice.say(text));
    await voice.close();
  }

  #call(): void {
    const number = this.#all.length;
    const lines: Spoken[] = linesOf(number).map((text) => ({
      text,
      audio: this.#spoken.get(text) ?? new Uint8Array(0),
    }));
    const from = `+1202555${String(1000 + number)}`;
    const caller = new ChaosCaller({ url: this.#house.url, rest: this.#rest, from, lines });
    this.#all.push(caller);
    this.#live.add(caller);
    void caller.ended.then(() => {
      this.#live.delete(caller);
      const { callSid, wasEnded, losses, gaps } = caller.seen;
      const told = gaps.map(({ ms }) => String(ms)).join(' ');
      if (wasEnded) this.#options.tell?.(`${callSid} was ended, after ${String(losses)} losses (${told} ms)`);
      setTimeout(() => {
        if (!this.#isOver) this.#call();
      }, ARRIVES_EVERY_MS);
    });
  }

  /** Everybody has again what they had, or has waited too long for it. */
  async #allBack(): Promise<void> {
    const tooLate = AbortSignal.timeout(BACK_WITHIN_MS);
    while (!tooLate.aborted && [...this.#live].some(({ isBusy }) => isBusy)) await after(50);
  }

  async #kill(): Promise<void> {
    const { betweenMs, tell } = this.#options;
    await after(this.#chance.int(...betweenMs));
    // What is lost three times in a row is given up, by the engine's own rule.
    await this.#allBack();
    const alive = [...this.#house.processes.entries()].filter(([, processId]) => isAlive(processId));
    const [number, processId] = alive[this.#chance.int(0, alive.length - 1)] ?? [0, 0];
    const killedAt = Date.now();
    process.kill(processId, 'SIGKILL');
    this.#kills += 1;
    const listens = await this.#house.line('worker listens');
    const tookMs = Date.parse(String(listens['time'])) - killedAt;
    this.#replacementsMs.push(tookMs);
    tell?.(`kill ${String(this.#kills)}: worker ${String(number)}, replaced after ${String(tookMs)} ms`);
  }

  /** Looks at the logs of the calls, one after the other, as somebody at the console does. */
  async #look(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      for (const { seen } of [...this.#live]) {
        await this.#rows.look(seen.callSid);
        await after(LOOKS_EVERY_MS);
      }
    }
  }

  async #measures(): Promise<ChaosMeasures> {
    const seen = this.#all.map((caller) => caller.seen);
    const sum = (of: (call: (typeof seen)[number]) => number) =>
      seen.reduce((all, call) => all + of(call), 0);
    const bookings = await this.#rows.bookings();
    const texts = this.#rest.messages.map(({ to }) => to);
    const { lostRows, seenRows } = await this.#rows.compare();
    const gaps = seen.flatMap((call) => call.gaps);
    return {
      ...{ kills: this.#kills, calls: seen.length, gaps, lostRows, seenRows },
      losses: gaps.length + this.#all.filter(({ isWaiting }) => isWaiting).length,
      endedCalls: seen.filter(({ wasEnded }) => wasEnded).length,
      duplicates: [bookings, texts].reduce((all, list) => all + list.length - new Set(list).size, 0),
      effects: bookings.length + texts.length,
      refusedWebhooks: sum(({ refusedWebhooks }) => refusedWebhooks),
      replacementsMs: this.#replacementsMs,
    };
  }
}

const bookingOf = (number: number) =>
  `I would like to book an appointment for next ${DAYS[number % DAYS.length] ?? ''} at ${HOURS[number % HOURS.length] ?? ''} please`;

/** Half of the callers book, and half want a text; all of them talk on. */
function linesOf(number: number): string[] {
  const first = number % 2 === 0 ? bookingOf(number) : TEXT;
  const talk = Array.from(
    { length: LINES_OF_A_CALLER },
    (_, line) => TALK[(number + line) % TALK.length] ?? '',
  );
  return [first, ...talk];
}

const sentences = () => [
  ...TALK,
  TEXT,
  ...Array.from({ length: DAYS.length * HOURS.length }, (_, number) => bookingOf(number)),
];
