import type { Clock } from '../../clock.ts';
import type { CallInput } from '../../machines/call/call.context.ts';
import type { RestoredCall } from '../../machines/call/restored-call.ts';
import { AudioLine } from '../../media/audio-line.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { greetingOf, sentenceOf } from '../../protocol/profile-sentences.ts';
import type { SpendingMeter } from '../admission/spending-meter.ts';
import { findCards } from '../cards/card-finder.ts';
import { withoutFinds } from '../cards/card-mask.ts';
import type { CardWatch } from '../cards/card-watch.ts';
import type { CallLegDeps } from './filled-chart.ts';
import { CLIP_TEXTS, type Clips } from '../clips/clips.ts';
import type { Log } from '../../log.ts';
import { CallMemory } from '../openai/memory/call-memory.ts';
import { connectModel, type ModelEndpoint } from '../openai/session/model-endpoint.ts';
import { capabilitiesFor } from '../openai/session/session-config.ts';
import type { AgentClips } from '../clips/sentence-clips.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { Toolbox } from '../tools/toolbox.ts';
import { CallStreams } from '../phone/call-streams.ts';

export interface CallLegParts {
  readonly model: ModelEndpoint;
  readonly toolbox: Toolbox;
  readonly journal: Journal;
  /** Those that ship with the engine. */
  readonly clips: Clips;
  /** Those of a profile that have been rendered. */
  readonly clipsOf: (profile: AgentProfile) => AgentClips;
  /** Ends a call at the carrier. Undefined where no carrier could be asked: then whoever hears that the stream was left ends it. */
  readonly endCall?: ((callSid: string) => Promise<void>) | undefined;
  /** Has the carrier ask what comes after a call's stream. Undefined where no carrier could be asked. */
  readonly recall?: ((callSid: string) => Promise<void>) | undefined;
  /** Whom an operator has named for a call's transfer, E.164. */
  readonly transferTo?: ((callSid: string) => string | undefined) | undefined;
  /** Watches how long a session is open. */
  readonly meter: Pick<SpendingMeter, 'watch'>;
  /** Counts what a stream sends in vain, and what a far end does that it cannot have done. */
  readonly metrics: Pick<Metrics, 'fault' | 'streamMessageIgnored'>;
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
  /** Of a call that began in another process. */
  readonly restored?: RestoredCall | undefined;
}

/** One call's wires, and the door through which its stream comes. */
export interface CallLegs extends CallLegDeps {
  readonly door: CallStreams;
  readonly input: CallInput;
}

/** Lays the audio line of one call and brings together what its legs need. */
export function legsOf(facts: CallFacts, parts: CallLegParts, own: OwnParts = {}): CallLegs {
  const { callSid, profile } = facts;
  const { model, toolbox, journal, clips, meter, metrics, clock } = parts;
  const { cards, restored, tape } = own;
  const line = new AudioLine();
  const door = new CallStreams();
  const log = parts.logOf(callSid);
  const capabilities = capabilitiesFor(model.makeDialect().capabilities, profile);
  // The call keeps the clips it began with: a profile that is saved meanwhile takes them from nobody.
  const rendered = parts.clipsOf(profile);

  return {
    door,
    phone: {
      line,
      door,
      clock,
      log,
      clipOf: (name) => rendered[name] ?? (name === 'greeting' ? undefined : clips[name]),
      onIgnored: (kind) => {
        metrics.streamMessageIgnored(kind);
      },
      tape,
      mayPause: profile.bargeIn === 'confirmed',
      recall: () => parts.recall?.(callSid) ?? Promise.resolve(),
      endCall: () => parts.endCall?.(callSid) ?? Promise.resolve(),
      decideNext: (next) => {
        const to = next === 'dial' ? parts.transferTo?.(callSid) : undefined;
        return journal.keep('decideNext', { callSid, next, to, at: clock.now() });
      },
    },
    model: {
      line,
      connect: (dialect) => meter.watch(connectModel(model, dialect)),
      makeDialect: model.makeDialect,
      profile,
      tools: toolbox.specsFor(profile),
      clock,
      log,
      audio: profile.audio,
      takesTyped: model.takesTyped,
      memory: new CallMemory(clock),
      onMiscount: () => {
        metrics.fault('model', 'INTERNAL');
      },
      keyed: cards && ((text) => cards.keys.again(text)),
      written: cards && ((text) => withoutFinds(text, findCards(text))),
    },
    input: {
      callSid,
      turns: capabilities.ownsReplies ? 'model' : 'chart',
      bargeIn: profile.bargeIn,
      greetingMode: rendered.greeting === undefined ? 'model' : 'clip',
      filler: fillerOf(profile, rendered),
      greeting: greetingOf(profile),
      isRecorded: tape !== undefined,
      announcement: sentenceOf(profile, 'announcement').text,
      canTransfer: profile.escalation !== undefined,
      limits: profile.limits,
      ...(restored !== undefined && { restored }),
    },
  };
}

/** Until there is a clip of what it is to say, the model fills: in the language of the call, and not in another. */
function fillerOf(profile: AgentProfile, { filler }: AgentClips): AgentProfile['filler'] {
  if (profile.filler !== 'clip' || filler !== undefined) return profile.filler;
  return sentenceOf(profile, 'filler').text === CLIP_TEXTS.filler ? 'clip' : 'model';
}
