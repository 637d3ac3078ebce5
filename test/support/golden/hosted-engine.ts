import type { InspectionEvent } from 'xstate';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { fullRowOf } from '../../../src/protocol/shown-rows.ts';
import { RunningCalls } from '../../../src/services/calls/running-calls.ts';
import type { RunningCall } from '../../../src/services/calls/running-call.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { DIALECTS } from '../../../src/services/openai/dialects/dialects.ts';
import type { ModelSocket } from '../../../src/services/openai/wire/model-socket.ts';
import { Recordings } from '../../../src/services/recordings/recordings.ts';
import type { FeedEntry, StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import type { CallFacts } from '../../../src/services/desk/call-facts.ts';
import { endCall } from '../../../src/services/tools/house/end-call.ts';
import { escalateToHuman } from '../../../src/services/tools/house/escalate-to-human.ts';
import { recordingTools } from '../../../src/services/tools/house/recording-tools.ts';
import { createToolbox } from '../../../src/services/tools/toolbox.ts';
import { TwilioStream, type StreamSocket } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { KeptLog } from '../phone-leg.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { greetingClip, HOUSE_CLIPS } from './house-clips.ts';
import { lookUp } from './look-up.ts';

/** What one recorded call was made with; stands in its file. */
export interface EngineSettings {
  /** What differs from the default profile. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly dialect: 'ga' | 'beta';
  /** How long the rendered greeting is; none is rendered where it is not said. */
  readonly greetingMs?: number;
}

interface EngineParts extends EngineSettings {
  readonly clock: VirtualClock;
  readonly openModel: () => ModelSocket;
  /** Where recordings are kept. */
  readonly folder: string;
  /** Told what XState tells inspectors. */
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

const CALL_SID = 'CA00000000000000000000000000000001';
const CALLER = '+12025550123';
const BUSINESS = '+12025550100';
/** The engine as far as one call goes: host, chart, legs, toolbox, recordings and journal, on a virtual clock. */
export class HostedEngine {
  readonly log = new KeptLog();
  readonly #call: RunningCall;
  readonly #host: RunningCalls;
  readonly #store: Store = openStore(':memory:');
  #hasEnded = false;

  constructor({ clock, openModel, folder, inspect, profile: written, dialect, greetingMs }: EngineParts) {
    const { log } = this;
    const profile = AgentProfile.parse({
      id: 'default',
      business: { name: 'Acme' },
      tools: ['look_up', 'end_call', 'escalate_to_human', 'pause_recording', 'resume_recording'],
      maskDigits: false,
      cardNumbers: 'keep',
      ...written,
    });
    const facts: CallFacts = {
      ...{ callSid: CALL_SID, agentId: profile.id, profile, from: CALLER, to: BUSINESS },
      direction: 'inbound',
      now: () => clock.now(),
    };
    const journal = journalOf(this.#store);
    const toolbox = createToolbox({
      tools: [
        lookUp(clock),
        endCall(),
        escalateToHuman(),
        ...recordingTools({
          requestRecording: (_, paused) => {
            this.#call.tell({ type: 'recording.requested', paused, by: 'agent' });
          },
        }),
      ],
      callOf: () => (this.#hasEnded ? undefined : facts),
      ...{ clock, log, journal },
    });
    this.#host = new RunningCalls({
      model: {
        ...{ url: 'wss://model.invalid', name: 'model', apiKey: undefined },
        makeDialect: DIALECTS[dialect],
        open: openModel,
      },
      ...{ toolbox, journal, log },
      clips: HOUSE_CLIPS,
      clipsOf: () => (greetingMs === undefined ? {} : { greeting: greetingClip(greetingMs) }),
      // What a session costs is nobody's concern here.
      meter: { watch: (socket) => socket, used: () => undefined },
      circuit: { listen: () => undefined },
      metrics: new Metrics(() => 1, { hasProcess: false }),
      live: new LiveCalls(),
      recordings: new Recordings(folder),
      inspect: inspect && (() => inspect),
    });
    this.#store.transact('acceptCall', {
      ...{ callSid: CALL_SID, agentId: profile.id, direction: 'inbound', from: CALLER, to: BUSINESS },
      ...{ at: clock.now(), isLive: false },
    });
    this.#call = this.#host.host(facts, clock).start();
    void this.#call.done.then(() => (this.#hasEnded = true));
  }

  get state(): string {
    return this.#call.state;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Webhooks and operators. */
  tell(event: CallEvent): void {
    this.#call.tell(event);
  }

  /** The carrier's stream comes through the door. */
  attach(socket: StreamSocket, epoch: number): void {
    this.#host.attach(
      CALL_SID,
      new TwilioStream(socket, { callSid: CALL_SID, streamSid: `MZ${String(epoch)}`, epoch }),
    );
  }

  /** The call's log. */
  rows(): FullRow[] {
    return this.entries().map((row) => fullRowOf(row, 'full'));
  }

  /** The same as a fold reads it. */
  entries(): StoredEntry[] {
    return this.#store.query('events', { callSid: CALL_SID });
  }

  close(): void {
    this.#store.close();
  }
}

/** The journal in this thread. */
function journalOf(store: Store): Journal {
  const attempt = <Result>(work: () => Result) =>
    new Promise<Result>((resolve) => {
      resolve(work());
    });
  return {
    trouble: undefined,
    record: (callSid, rows: readonly FeedEntry[]) => {
      store.atomically(() => {
        store.append(
          callSid,
          rows.map((row) => ({ ...row, body: JSON.stringify(row.body) })),
        );
      });
    },
    transact: (name, args) => attempt(() => store.atomically(() => store.transact(name, args))),
    keep: (name, args) =>
      attempt(() => {
        store.atomically(() => store.transact(name, args));
      }),
    query: (name, args) => attempt(() => store.query(name, args)),
    close: () => Promise.resolve(),
  };
}
