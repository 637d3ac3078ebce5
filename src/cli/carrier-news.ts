import type { CarrierEvent } from '../simulator/carrier/carrier-events.ts';
import type { CallNews } from './call-news.ts';

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
      return { type: 'note', atMs, text: `transfer to ${event.number}: ${event.status}` };
    case 'stream.ended':
      return { type: 'note', atMs, text: `the stream was ended by the ${event.by}` };
    case 'twiml':
    case 'stream.attached':
    case 'mark.returned':
    case 'call.ended':
      return undefined;
  }
}
