import type { Row } from '../../console/timeline/row.ts';
import { FEED_VERSION, type Regions } from '../../src/protocol/call-feed.ts';
import { readFeedEvent } from '../../src/protocol/feed-rows.ts';
import { wholeBody } from './feed-bodies.ts';

/** What differs from row to row; the rest follows from it. */
export interface ToldRow {
  /** Ms from the call's beginning. */
  readonly ms: number;
  /** `phone > call`, `call > model`; `call` alone is announced. */
  readonly way: string;
  readonly event: string;
  readonly path?: string;
  readonly taken?: readonly string[];
  readonly regions?: Regions | null;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** When the calls of these logs began. */
export const BEGAN_AT = Date.UTC(2026, 10, 25, 9);

/** A log as the console's folds take it. A row without a path stays in the state of the one before. */
export function logRows(told: readonly ToldRow[]): Row[] {
  let path = 'connecting';
  return told.map(({ ms, way, event, body = {}, taken = null, regions = {}, ...row }, index) => {
    path = row.path ?? path;
    const [from = '', to = null] = way.split(' > ');
    const told = readFeedEvent(FEED_VERSION, event, { ...wholeBody(event, body) });
    return { seq: index + 1, at: BEGAN_AT + ms, from, to, path, taken, regions, ...told };
  });
}

const LISTENING = 'conversing.listening.awaitingReply';
const RESPONDING = 'conversing.responding';
const CUT = 'conversing.interrupted.cut';

/** A caller who asks, lets a tool run, and speaks over the answer. */
export const interruptedCall: readonly ToldRow[] = [
  { ms: 0, way: 'call', event: 'call.accepted' },
  {
    ms: 200,
    way: 'phone > call',
    event: 'phone.attached',
    path: 'conversing.greeting.awaited',
    taken: ['attached'],
  },
  { ms: 210, way: 'call > model', event: 'createResponse', body: { purpose: 'greeting' } },
  {
    ms: 400,
    way: 'model > call',
    event: 'agent.startedItem',
    body: { itemId: 'a1', responseId: 'r1' },
    taken: ['noted'],
  },
  {
    ms: 401,
    way: 'phone > call',
    event: 'playback.started',
    path: 'conversing.greeting.audible',
    taken: ['audible'],
  },
  {
    ms: 3000,
    way: 'phone > call',
    event: 'playback.finished',
    path: 'conversing.listening.quiet',
    taken: ['greeted'],
  },
  {
    ms: 3001,
    way: 'model > call',
    event: 'agent.said',
    body: { itemId: 'a1', text: 'Hello', interrupted: false, heardMs: 2600 },
    taken: ['noted'],
  },
  {
    ms: 4000,
    way: 'model > call',
    event: 'caller.startedSpeaking',
    body: { itemId: 'c1' },
    path: 'conversing.listening.callerSpeaking',
    taken: ['spoke'],
  },
  {
    ms: 6000,
    way: 'model > call',
    event: 'caller.stoppedSpeaking',
    body: { itemId: 'c1', speechMs: 2000 },
    path: LISTENING,
    taken: ['stopped'],
  },
  { ms: 6010, way: 'model > call', event: 'caller.committed', body: { itemId: 'c1' }, taken: ['noted'] },
  {
    ms: 6020,
    way: 'model > call',
    event: 'response.started',
    body: { responseId: 'r2', purpose: 'reply' },
    taken: ['noted'],
  },
  {
    ms: 6300,
    way: 'model > call',
    event: 'agent.startedItem',
    body: { itemId: 'a2', responseId: 'r2' },
    taken: ['noted'],
  },
  { ms: 6310, way: 'phone > call', event: 'playback.started', path: RESPONDING, taken: ['replied'] },
  {
    ms: 6400,
    way: 'model > call',
    event: 'caller.said',
    body: { itemId: 'c1', text: 'A cleaning, please', language: 'en' },
    taken: ['noted'],
  },
  {
    ms: 6500,
    way: 'model > call',
    event: 'tool.requested',
    body: {
      request: { toolCallId: 't1', name: 'check_availability', argumentsJson: '{"date":"2026-11-26"}' },
    },
    taken: ['noted'],
  },
  { ms: 6600, way: 'model > call', event: 'response.finished', body: { responseId: 'r2' }, taken: [] },
  {
    ms: 6900,
    way: 'tool.0 > call',
    event: 'tool.settled',
    body: { toolCallId: 't1', outcome: { status: 'ok', output: '{}' } },
    taken: ['noted'],
  },
  {
    ms: 7000,
    way: 'model > call',
    event: 'caller.startedSpeaking',
    body: { itemId: 'c2' },
    path: CUT,
    taken: ['cut in', 'certain'],
  },
  { ms: 7001, way: 'call > phone', event: 'clearPlayback' },
  { ms: 7002, way: 'phone > call', event: 'playback.cleared', body: { heard: [] }, taken: ['noted'] },
  {
    ms: 7003,
    way: 'model > call',
    event: 'agent.said',
    body: { itemId: 'a2', text: 'One', unheard: 'moment, please', interrupted: true, heardMs: 690 },
    taken: ['noted'],
  },
  { ms: 7003, way: 'call', event: 'turn.interrupted' },
];
