import type { CarrierEvent } from '../simulator/carrier/carrier-events.ts';
import type { CallNews } from './call-news.ts';

/** What a transfer came to, by the simulated carrier's `DialCallStatus`. */
const CAME_TO: ReadonlyMap<string, string> = new Map([
  ['completed', 'the person was reached'],
  ['answered', 'the person was reached'],
  ['busy', 'the line was busy'],
  ['no-answer', 'nobody answered'],
  ['failed', 'the person could not be called'],
  ['canceled', 'the ringing was stopped before anybody answered'],
]);

/** What of the carrier's events a reader wants to see. */
export function newsOf(event: CarrierEvent, atMs: number): CallNews | undefined {
  switch (event.type) {
    case 'agent.audible':
    case 'agent.quiet':
      return { type: 'floor', atMs, who: 'agent', isHeard: event.type === 'agent.audible' };
    case 'caller.audible':
    case 'caller.quiet':
      return { type: 'floor', atMs, who: 'caller', isHeard: event.type === 'caller.audible' };
    case 'playback.cleared':
      return { type: 'cleared', atMs, droppedMs: event.droppedMs };
    case 'carrier.said':
      return { type: 'note', atMs, text: `the carrier says: ${event.text}` };
    case 'carrier.alert':
      return {
        type: 'note',
        atMs,
        text: `the carrier warns ${String(event.alert.code)}: ${event.alert.text}`,
      };
    case 'dial.ended':
      return {
        type: 'note',
        atMs,
        text: `transfer to ${event.number}: ${CAME_TO.get(event.status) ?? event.status}`,
      };
    case 'stream.ended':
      return { type: 'note', atMs, text: endOfStream(event) };
    case 'gap.ended':
      return { type: 'gap', atMs, gapMs: event.gapMs, streamlessMs: event.streamlessMs };
    case 'twiml':
    case 'stream.attached':
    case 'mark.returned':
    case 'call.ended':
      return undefined;
  }
}

function endOfStream({ by, droppedMs }: Extract<CarrierEvent, { type: 'stream.ended' }>): string {
  if (by !== 'network') return `the stream was ended by the ${by}`;
  const cut = droppedMs > 0 ? `, and ${(droppedMs / 1000).toFixed(1)} s of the agent with it` : '';
  return `the stream was lost${cut}: the carrier asks the engine how to go on`;
}
