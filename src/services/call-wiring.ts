import type { Clock } from '../clock.ts';
import type { CallInput } from '../machines/call/call.context.ts';
import { AudioLine } from '../media/audio-line.ts';
import type { PhoneTape } from '../media/phone-tape.ts';
import type { AgentProfile } from '../protocol/agent-profile.ts';
import { greetingOf } from '../protocol/profile-sentences.ts';
import type { SpendingMeter } from './admission/spending-meter.ts';
import type { CardWatch } from './cards/card-watch.ts';
import type { CallWiring } from './call-actors.ts';
import type { Clips } from './clips.ts';
import type { Log } from './log.ts';
import { CallMemory } from './openai/call-memory.ts';
import { knock, type ModelDoor } from './openai/model-door.ts';
import { capabilitiesFor } from './openai/session-config.ts';
import type { Journal } from './storage/journal.port.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { CallFacts } from './tools/call-facts.ts';
import type { Toolbox } from './tools/toolbox.ts';
import { StreamDoor } from './twilio/stream-door.ts';

export interface WiringParts {
  readonly model: ModelDoor;
  readonly toolbox: Toolbox;
  readonly journal: Journal;
  readonly clips: Clips;
  /** The greeting of a profile as a clip, where it has been rendered. */
  readonly greetingClip: (profile: AgentProfile) => Buffer | undefined;
  /** Watches how long a session is open. */
  readonly meter: Pick<SpendingMeter, 'watch'>;
  /** Counts what a stream sends in vain. */
  readonly metrics: Pick<Metrics, 'streamMessageIgnored'>;
  readonly clock: Clock;
  /** A log whose every line says which call it is of. */
  readonly logOf: (callSid: string) => Log;
}

/** What a call has of its own. */
interface OwnParts {
  /** Where it is recorded. */
  readonly tape?: PhoneTape | undefined;
  /** Keeps card numbers from the model that are keyed in. */
  readonly cards?: Pick<CardWatch, 'keys'> | undefined;
}

/** One call's wires, and the door through which its stream comes. */
export interface WiredCall extends CallWiring {
  readonly door: StreamDoor;
  readonly input: CallInput;
}

/** Lays the audio line of one call and brings together what its legs need. */
export function wireCall(facts: CallFacts, parts: WiringParts, own: OwnParts = {}): WiredCall {
  const { callSid, profile } = facts;
  const { model, toolbox, journal, clips, meter, metrics, clock } = parts;
  const { cards, tape } = own;
  const line = new AudioLine();
  const door = new StreamDoor();
  const log = parts.logOf(callSid);
  const dialect = model.makeDialect();
  const capabilities = capabilitiesFor(dialect.capabilities, profile);
  // The call keeps the clip it began with: a profile that is saved meanwhile takes it from nobody.
  const greetingClip = profile.greetingMode === 'clip' ? parts.greetingClip(profile) : undefined;

  return {
    door,
    phone: {
      line,
      door,
      clock,
      log,
      clipOf: (name) => (name === 'greeting' ? greetingClip : clips[name]),
      onIgnored: (kind) => {
        metrics.streamMessageIgnored(kind);
      },
      tape,
      decideNext: (next) => journal.transact('decideNext', { callSid, next, at: clock.now() }),
    },
    model: {
      line,
      connect: () => meter.watch(knock(model, dialect)),
      dialect,
      profile,
      tools: toolbox.specsFor(profile),
      clock,
      log,
      audio: profile.audio,
      memory: new CallMemory(clock),
      keyed: cards && ((text) => cards.keys.again(text)),
    },
    input: {
      callSid,
      turns: capabilities.ownsReplies ? 'model' : 'chart',
      bargeIn: profile.bargeIn,
      greetingMode: greetingClip === undefined ? 'model' : 'clip',
      filler: profile.filler,
      greeting: greetingOf(profile),
      isRecorded: tape !== undefined,
      canTransfer: profile.escalation !== undefined,
      limits: profile.limits,
    },
  };
}
