/**
 * The feed of a call: every fact, order and announcement that is recorded of it, with its one type.
 *
 * The engine's listeners, the journal's folds, the console and the command line read this union and nothing else; the
 * recorder proves that it is what the chart says (`services/calls/feed-words.ts`). Inside the process a type is proof
 * enough. What comes from a disk or a network is read by `feed-rows.ts`.
 */

import type { z } from 'zod';
import { CALL_ANNOUNCEMENTS, JOURNAL_ANNOUNCEMENTS, RECORDING_ANNOUNCEMENTS } from './feed-announcements.ts';
import { CRASHES, DESK_FACTS, MODEL_FACTS, PHONE_FACTS, TOOL_FACTS } from './feed-facts.ts';
import { FORMER_ORDERS, MODEL_ORDERS, PHONE_ORDERS, TOOL_ORDERS } from './feed-orders.ts';

/**
 * The version that rows are written in. Whatever changes the schemas below takes the next one, and a step in
 * `feed-upcasts.ts` that makes rows of the version before into rows of it.
 */
export const FEED_VERSION = 3;

/** Bodies of facts: told to the chart. */
export const FACTS = { ...PHONE_FACTS, ...MODEL_FACTS, ...TOOL_FACTS, ...DESK_FACTS, ...CRASHES };
/** Bodies of orders: told by the chart to one of its children. */
export const ORDERS = { ...PHONE_ORDERS, ...MODEL_ORDERS, ...TOOL_ORDERS, ...FORMER_ORDERS };
/** Bodies of announcements: told to whoever listens. */
export const ANNOUNCEMENTS = { ...CALL_ANNOUNCEMENTS, ...RECORDING_ANNOUNCEMENTS, ...JOURNAL_ANNOUNCEMENTS };
/** Bodies of everything, by event. */
export const FEED = { ...FACTS, ...ORDERS, ...ANNOUNCEMENTS };

/** Events of which there are as many as delays, tools or children: a timer that fired, a child that is no more. */
export type NumerousEvent = `after.${string}` | `crashed.tool.${string}` | `done.${string}`;
export const NUMEROUS = /^(?:after|crashed\.tool|done)\../;

type Bodies<Table extends Record<string, z.ZodType>> = {
  [Event in keyof Table & string]: { readonly event: Event; readonly body: Readonly<z.infer<Table[Event]>> };
}[keyof Table & string];

/** What was told to the chart. */
export type FeedFact = Bodies<typeof FACTS>;
/** What the chart told a child to do. */
export type FeedOrder = Bodies<typeof ORDERS>;
/** What was told to whoever listens. */
export type FeedAnnouncement = Bodies<typeof ANNOUNCEMENTS>;

/** A row of a name that is not known, or whose body is not what its name promises: shown, and passed over by every fold. */
export interface UnreadEvent {
  readonly event: 'unread';
  /** The event that it was written as. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The name of an event as it was written. */
export const eventName = (told: FeedEvent | UnreadEvent): string =>
  told.event === 'unread' ? told.name : told.event;

/** Everything that a feed tells, by its `event`. */
export type FeedEvent =
  | FeedFact
  | FeedOrder
  | FeedAnnouncement
  | { readonly event: NumerousEvent; readonly body: Readonly<Record<string, unknown>> };

/** The names of the union, without those that are as many as something else. */
export type EventName = keyof typeof FEED;

/** Who told it to whom, and what the chart made of it. */
export interface Envelope {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Who told it: `call`, a child of the call (`phone`, `model`, `tool.0`), `desk`, `recording` or `journal`. */
  readonly from: string;
  /** Who was told: `call`, or a child of the call; null for what is announced to whoever listens. */
  readonly to: string | null;
  /** Path of the chart's state after it: `conversing.listening.quiet`. */
  readonly state: string;
  /** Of a fact: keys of the transitions taken, in order; empty when the state did not take it. Null when it is not known, or there is nothing to take. */
  readonly taken: readonly string[] | null;
  /**
   * The regions beside the floor that changed with it, each with the path that it has after it: `{ turn: 'owed' }`. The
   * first row of the chart has all of them; a row that changed none has none. Null in rows of older engines: not known.
   */
  readonly regions: Regions | null;
}

/** Paths within regions, by the regions' names. */
export type Regions = Readonly<Record<string, string>>;

/** One entry of a call's feed, as it is told. */
export type FeedEntry = Envelope & FeedEvent;
/** One entry as the journal keeps it: numbered, dense per call, from 1. */
export type StoredEntry = Envelope & { readonly seq: number } & (FeedEvent | UnreadEvent);

/** An entry of one event. */
export type EntryOf<Event extends EventName> = Extract<FeedEntry, { readonly event: Event }>;
export type BodyOf<Event extends EventName> = EntryOf<Event>['body'];

/** Called with every entry of one call, in order. Must not throw, and is not waited for. */
export type FeedListener = (entry: FeedEntry) => void;

/** What is to be done about some events of a feed. */
export type FeedHandlers = { readonly [Event in EventName]?: (entry: EntryOf<Event>) => void };

/** A listener that does what a table says of an event, and nothing of others. */
export function listenerOf(handlers: FeedHandlers): FeedListener {
  const table = new Map<string, FeedListener>(Object.entries(handlers) as [string, FeedListener][]);
  return (entry) => table.get(entry.event)?.(entry);
}
