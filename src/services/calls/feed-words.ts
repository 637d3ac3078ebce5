import type { z } from 'zod';
import type { CallAnnouncement, CallEvent, RecordingAnnouncement } from '../../machines/call/call.events.ts';
import type { PhoneOrder } from '../../machines/call/call.ports.ts';
import type { ModelOrder } from '../../machines/session/session.events.ts';
import type { FACTS, FeedEvent } from '../../protocol/call-feed.ts';
import type { CALL_ANNOUNCEMENTS } from '../../protocol/feed-announcements.ts';
import type { CRASHES } from '../../protocol/feed-facts.ts';
import type { MODEL_ORDERS, PHONE_ORDERS } from '../../protocol/feed-orders.ts';

/** With every field of it there, so that one that may be absent is compared too. */
type Whole<Value> = Value extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : Value extends object
    ? { readonly [Field in keyof Value]-?: Whole<Value[Field]> }
    : Value;
/** A body without fields is written in one way here, and in another there. */
type Shape<Body> = string extends keyof Body ? 'nothing' : keyof Body extends never ? 'nothing' : Body;
type IsSame<One, Other> = [One, Whole<One>] extends [Other, Whole<Other>]
  ? [Other, Whole<Other>] extends [One, Whole<One>]
    ? true
    : false
  : false;

type BodyIn<Told extends { type: string }, Name> = Shape<Omit<Extract<Told, { type: Name }>, 'type'>>;
/** Names that only one of the two has, and those of which they say different things. */
type Apart<Told extends { type: string }, Table extends Record<string, z.ZodType>> = {
  [Name in Told['type'] | (keyof Table & string)]: Name extends Told['type'] & keyof Table
    ? true extends IsSame<BodyIn<Told, Name>, Shape<z.infer<Table[Name]>>>
      ? never
      : Name
    : Name;
}[Told['type'] | (keyof Table & string)];
/** Names in a template, so that an error tells them and not the type that they come from. */
type None<Names extends never> = Names;

/** Told by the host of a call, or by the transaction that accepts it, and not by its chart. */
type ToldByHost = 'call.accepted' | 'call.began' | 'call.resumed' | 'caller.reworded' | 'agent.reworded';
/** Whoever holds the tape tells in turn what was done: that is recorded. */
type ToldToTape = RecordingAnnouncement;

/** When this does not compile, chart and feed do not say the same: the error names the word. */
interface Proof {
  readonly facts: None<`of ${Apart<CallEvent, Omit<typeof FACTS, keyof typeof CRASHES>>}`>;
  readonly phoneOrders: None<`of ${Apart<PhoneOrder, typeof PHONE_ORDERS>}`>;
  readonly modelOrders: None<`of ${Apart<ModelOrder, typeof MODEL_ORDERS>}`>;
  readonly announcements: None<`of ${Apart<
    Exclude<CallAnnouncement, ToldToTape>,
    Omit<typeof CALL_ANNOUNCEMENTS, ToldByHost>
  >}`>;
}

/** An event of the chart. */
type ChartEvent = Proof extends object ? FeedEvent : never;

/**
 * What the chart was told, told its children or announced, as an entry of the feed. Nothing is checked as it runs: that the
 * chart's words are the feed's is proved above, both ways, by the compiler.
 */
export function chartEvent(type: string, body: Readonly<Record<string, unknown>>): ChartEvent {
  return { event: type, body } as ChartEvent;
}
