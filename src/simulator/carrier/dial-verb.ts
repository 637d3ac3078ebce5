import type { DialCallStatus } from '../../protocol/twilio-webhook.ts';
import type { TwimlElement } from './twiml.ts';

/** What a called person does: Twilio's `DialCallStatus`, after that many milliseconds. */
export interface DialResult {
  readonly status: DialCallStatus;
  readonly afterMs: number;
}

/** The number that a `<Dial>` rings: its `<Number>`, or its own text. */
export function dialledNumber(dial: TwimlElement): string {
  return dial.children.find(({ name }) => name === 'Number')?.text ?? dial.text;
}
