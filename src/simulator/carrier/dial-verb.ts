import type { TwimlElement } from './twiml.ts';

/** What a called person does: Twilio's `DialCallStatus`, after that many milliseconds. */
export interface DialResult {
  readonly status: 'completed' | 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';
  readonly afterMs: number;
}

/** The number that a `<Dial>` rings: its `<Number>`, or its own text. */
export function dialledNumber(dial: TwimlElement): string {
  return dial.children.find(({ name }) => name === 'Number')?.text ?? dial.text;
}

/** The fields that Twilio adds to the `action` request of a `<Dial>`. */
export function dialFields({ status, afterMs }: DialResult, callSid: string): Record<string, string> {
  const wasAnswered = status === 'completed' || status === 'answered';
  return {
    DialCallStatus: status,
    DialCallSid: callSid,
    DialBridged: String(wasAnswered),
    ...(wasAnswered && { DialCallDuration: String(Math.round(afterMs / 1000)) }),
  };
}
