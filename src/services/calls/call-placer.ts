import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { REFUSAL_CAUSES, type RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Admission } from '../admission/admission.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { Outbound, PlaceRequest } from '../desk/desk.ts';
import { PlacingRefused } from '../desk/placing-refused.ts';
import type { OutboxDelivery } from '../outbox/outbox.port.ts';
import type { CallRecord } from '../storage/calls.port.ts';
import type { Journal, Errand } from '../storage/journal.port.ts';
import { judgeNumber, servedCountries } from '../desk/number-policy.ts';

export interface CallPlacerParts {
  readonly journal: Journal;
  readonly outbox: OutboxDelivery;
  /** What may be placed, and what a day may cost. */
  readonly admission: Pick<Admission, 'termsOfPlacing' | 'untilNextDay'>;
  readonly agentOf: (id: string) => AgentProfile | undefined;
  /** The number that calls come from, E.164. Undefined: there is no account to place them with. */
  readonly ownNumber: string | undefined;
  readonly clock: Clock;
}

/** Longest wait of a request, in ms: the carrier takes a call in some 200. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * Places calls through the outbox: each key at most once, whatever becomes of
 * the answer. A call is on record as soon as the carrier has it, and its agent
 * is there when somebody answers.
 */
export class CallPlacer implements Outbound {
  readonly #parts: CallPlacerParts;

  constructor(parts: CallPlacerParts) {
    this.#parts = parts;
  }

  async place({ to, agentId, key = randomUUID() }: PlaceRequest): Promise<CallRecord> {
    const { journal, admission, clock, ownNumber, agentOf } = this.#parts;
    const agent = agentOf(agentId);
    if (agent === undefined) {
      throw new PlacingRefused('REQUEST_INVALID', 'agentId: no agent has this id');
    }
    if (ownNumber === undefined) {
      throw new PlacingRefused('UNAVAILABLE', 'no Twilio account is configured');
    }
    const verdict = judgeNumber(to, servedCountries(agent.countries, ownNumber));
    if (!verdict.ok) throw new PlacingRefused('FORBIDDEN', `to: ${verdict.reason}`);

    const request = { key, from: ownNumber, to: verdict.number, agentId, at: clock.now() };
    const terms = admission.termsOfPlacing(verdict.number);
    const admitted = await journal.transact('admitPlacing', { ...request, terms });
    if ('refused' in admitted) throw this.#refusal(admitted.refused);
    const callSid = sidOf(await this.#delivered(admitted.id));
    await journal.transact('acceptCall', {
      callSid,
      agentId,
      direction: 'outbound',
      from: ownNumber,
      to: verdict.number,
      at: clock.now(),
    });
    const record = await journal.query('call', { callSid });
    if (record === undefined) throw new PlacingRefused('UNAVAILABLE', 'the call was erased meanwhile');
    return record;
  }

  #refusal(cause: RefusalCause): PlacingRefused {
    const detail = REFUSAL_CAUSES[cause];
    if (cause === 'blocked') return new PlacingRefused('FORBIDDEN', `to: ${detail}`);
    const seconds = Math.ceil(this.#parts.admission.untilNextDay() / 1000);
    return new PlacingRefused('RATE_LIMITED', detail, seconds);
  }

  async #delivered(id: string): Promise<Errand | undefined> {
    const { outbox, clock } = this.#parts;
    let timer: unknown;
    const late = new Promise<undefined>((resolve) => {
      timer = clock.setTimeout(() => {
        resolve(undefined);
      }, ANSWER_WITHIN_MS);
    });
    const errand = await Promise.race([outbox.deliver(id), late]);
    clock.clearTimeout(timer);
    return errand;
  }
}

/** @throws {PlacingRefused} when the carrier refused the call, or nobody knows yet whether it took it. */
function sidOf(errand: Errand | undefined): string {
  if (errand?.providerSid != null) return errand.providerSid;
  if (errand?.status === 'failed') {
    throw new PlacingRefused('UNAVAILABLE', errand.reason ?? 'the carrier did not take the call');
  }
  throw new PlacingRefused(
    'UNAVAILABLE',
    'the carrier may have the call or not: repeat the request with the same Idempotency-Key, which places no second call',
  );
}
