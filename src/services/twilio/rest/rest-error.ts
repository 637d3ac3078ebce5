import { z } from 'zod';
import { EngineError } from '../../../errors.ts';

const Problem = z.looseObject({ code: z.number().optional() });

/**
 * A request that Twilio refused, or that got no usable answer. Twilio's own
 * sentence is left out: it quotes telephone numbers.
 */
export class TwilioRestError extends EngineError {
  /** Twilio's number for it, such as 21610. */
  readonly twilioCode: number | undefined;
  readonly httpStatus: number | undefined;
  /** `unknown` when the request may have had its effect. */
  readonly happened: 'no' | 'unknown';
  /** How long Twilio wants to be left alone, in ms, where it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    detail: string,
    facts: {
      twilioCode?: number | undefined;
      httpStatus?: number;
      happened: 'no' | 'unknown';
      retryAfterMs?: number | undefined;
    },
    options?: ErrorOptions,
  ) {
    super('TWILIO_REST', detail, options);
    this.twilioCode = facts.twilioCode;
    this.httpStatus = facts.httpStatus;
    this.happened = facts.happened;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A refusal (4xx) has had no effect. After a 5xx nobody knows: Twilio may fail behind the queue. */
export function refusalOf(
  httpStatus: number,
  body: unknown,
  retryAfterMs: number | undefined,
): TwilioRestError {
  const twilioCode = Problem.safeParse(body).data?.code;
  const named = twilioCode === undefined ? '' : `, code ${String(twilioCode)}`;
  const happened = httpStatus >= 500 ? 'unknown' : 'no';
  const facts = { twilioCode, httpStatus, happened, retryAfterMs } as const;
  return new TwilioRestError(`HTTP ${String(httpStatus)}${named}`, facts);
}

/** Trying again can help, unless Twilio understood the request and refused it. */
export const mayHelp = ({ httpStatus, happened }: TwilioRestError): boolean =>
  httpStatus === undefined || httpStatus === 429 || happened === 'unknown';
