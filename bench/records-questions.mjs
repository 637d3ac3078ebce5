import { Buffer } from 'node:buffer';
import { numberOf, wordOf } from './made-calls.mjs';

const DAY_MS = 86_400_000;
const LIMIT = 50;
/** As many as are asked for at once for a calendar that subscribes (services/http/stored-api.ts). */
const CALENDAR_LIMIT = 250;

const dayOf = (at) => new Date(at).toISOString().slice(0, 10);

/**
 * Everything that the console, the API and the engine itself ask of the store, by what it is called in the table: each
 * answers the arguments of the query for the n-th time that it is asked.
 */
export async function questionsOf(journal, { calls, until, callAt, often }) {
  const known = (n) => callAt(Math.floor((((n * 7919) % 1000) / 1000) * calls));
  const sid = (n) => ({ callSid: known(n).callSid });
  const phone = (n) => known(n).caller.replaceAll(/\D/g, '') || '2015550001';
  const year = { from: until - 365 * DAY_MS, to: until };
  const dayAt = (n) => ({ from: known(n).at, to: known(n).at + DAY_MS });
  const rare = (n) => wordOf(19_000 + (n % 900));
  const usual = (n) => wordOf(60 + (n % 40));
  const begun = (n) => wordOf(400 + (n % 4000)).slice(0, 3);
  const list = (name, args = () => ({})) => [name, (n) => ({ limit: LIMIT, ...args(n) })];
  const find = (args) => list('findCalls', args);
  const cursors = {};
  for (const name of ['findCalls', 'leads', 'bookings', 'messages', 'audit']) {
    cursors[name] = await cursorsOf(journal, name);
  }
  const at = (name, place) => list(name, () => ({ cursor: cursors[name][place] }));

  return new Map([
    ['calls, first page', find()],
    ['calls, page in the middle', at('findCalls', 'middle')],
    ['calls, last page', at('findCalls', 'last')],
    ['calls that have ended', find(() => ({ state: 'ended' }))],
    ['calls that go on', find(() => ({ state: 'conversing' }))],
    ['calls of one agent that go on', find(() => ({ state: 'conversing', agent: 'hotel' }))],
    ['calls of one agent', find(() => ({ agent: 'night-desk' }))],
    ['calls of one agent, ended', find(() => ({ agent: 'night-desk', state: 'ended' }))],
    ['calls of one number', find((n) => ({ number: phone(n) }))],
    ['calls of half a number', find((n) => ({ number: phone(n).slice(3, 8) }))],
    ['calls of three digits', find(() => ({ number: '555' }))],
    ['calls of a number that nobody has', find(() => ({ number: '999555999' }))],
    ['calls of a day', find(dayAt)],
    ['calls of a day and an agent', find((n) => ({ ...dayAt(n), agent: 'garage' }))],
    ['calls of a year and an agent', find(() => ({ ...year, agent: 'garage' }))],
    ['calls by how they ended, often', find(() => ({ endReason: 'caller_hung_up' }))],
    ['calls by how they ended, seldom', find(() => ({ endReason: 'failed' }))],
    ['calls by how they ended, never', find(() => ({ endReason: 'no_answer' }))],
    ['calls that were in a state', find(() => ({ visited: 'conversing.toolExecuting' }))],
    ['calls with a tool', find(() => ({ tool: 'look_up' }))],
    ['calls with a transition', find(() => ({ transition: 'call:call.alive.words.awaited|caller.said|0' }))],
    ['test calls', find(() => ({ tests: 'only' }))],
    ['test calls of an agent that has none', find(() => ({ tests: 'only', agent: 'nobody' }))],
    ['calls but for tests', find(() => ({ tests: 'exclude' }))],
    ['a word that is said seldom', find((n) => ({ q: rare(n) }))],
    ['a word that is said often', find(() => ({ q: 'the ' }))],
    ['two words that are said often', find((n) => ({ q: `appointment ${usual(n)} ` }))],
    ['five words', find((n) => ({ q: `the i you ${usual(n)} ${rare(n)} ` }))],
    ['a word that nobody said', find((n) => ({ q: `xyzzy${String(n)} ` }))],
    ['the beginning of a word', find((n) => ({ q: begun(n) }))],
    ['the beginning of words that are said often', find(() => ({ q: 'the' }))],
    ['a word, of a day', find((n) => ({ q: usual(n), ...dayAt(n) }))],
    ['a word, of a year', find((n) => ({ q: usual(n), ...year }))],
    ['a word and a number', find((n) => ({ q: 'thanks', number: phone(n).slice(0, 6) }))],
    ['sums of a day', ['analytics', (n) => ({ from: dayOf(known(n).at), to: dayOf(known(n).at) })]],
    [
      'sums of a month',
      ['analytics', () => ({ from: dayOf(until - 40 * DAY_MS), to: dayOf(until - 10 * DAY_MS) })],
    ],
    ['sums of a year', ['analytics', () => ({ from: dayOf(year.from), to: dayOf(year.to) })]],
    [
      'sums of a year and an agent, with tests',
      [
        'analytics',
        () => ({ from: dayOf(year.from), to: dayOf(year.to), agent: 'dentist', tests: 'include' }),
      ],
    ],
    ['a call', ['foundCall', sid]],
    ['its record', ['call', sid]],
    ['its standing', ['standing', sid]],
    ['its rows', ['events', sid]],
    ['its next rows', ['rowsAfter', (n) => ({ after: [{ ...sid(n), seq: 5 }], limit: 100 })]],
    ['its transcript', ['transcript', (n) => ({ ...sid(n), withUnheard: true })]],
    ['its waits', ['turnTimes', sid]],
    ['its losses', ['losses', (n) => ({ ...sid(n), isAwaited: false })]],
    ['its effects', ['effectOutcomes', sid]],
    ['leads, first page', list('leads')],
    ['leads, last page', at('leads', 'last')],
    ['bookings, first page', list('bookings')],
    ['bookings, last page', at('bookings', 'last')],
    ['calendar', ['calendar', () => ({ since: until - 31 * DAY_MS, limit: CALENDAR_LIMIT })]],
    [
      'calendar of an agent',
      ['calendar', () => ({ diary: 'hotel', since: until - 31 * DAY_MS, limit: CALENDAR_LIMIT })],
    ],
    ['free times of a day to come', ['bookingsBetween', () => slotsOf('dentist', until + DAY_MS)]],
    ['free times of a day long ago', ['bookingsBetween', () => slotsOf('dentist', until - 200 * DAY_MS)]],
    ['texts, first page', list('messages')],
    ['texts, last page', at('messages', 'last')],
    [
      'texts of a call and a number',
      ['messageCounts', (n) => ({ ...sid(n), to: often, since: until - DAY_MS })],
    ],
    ['what is due in the outbox', ['outboxDue', () => ({ at: until, limit: 20 })]],
    ['audit, first page', list('audit')],
    ['audit, last page', at('audit', 'last')],
    ['audit of an act that nobody did', list('audit', () => ({ act: 'transfer' }))],
    ['blocked numbers', list('blockedNumbers')],
    ['refused calls', list('refusedCalls')],
    ['what a day has cost', ['spending', (n) => ({ day: dayOf(known(n).at) })]],
    ['calls that are open', ['openCalls', () => ({ limit: 200 })]],
    ['what is stored about who calls most', ['storedAbout', () => ({ phone: often })]],
    ['what is stored about nobody', ['storedAbout', (n) => ({ phone: numberOf(7_000_000 + n) })]],
    ['what is stored of a call', ['storedOfCall', sid]],
    ['calls to be erased by age', ['callsEndedBefore', () => ({ before: until - 330 * DAY_MS, limit: 100 })]],
    [
      'calls to be erased by age, none',
      ['callsEndedBefore', () => ({ before: until - 3650 * DAY_MS, limit: 100 })],
    ],
    ['calls that are erased by half', ['halfErasedCalls', () => ({ limit: 100 })]],
  ]);
}

function slotsOf(diary, from) {
  return { diary, from: new Date(from).toISOString(), to: new Date(from + DAY_MS).toISOString() };
}

/** Where pages in the middle and at the end of a list begin: as its own cursors are, which name a row's time and number. */
async function cursorsOf(journal, name) {
  const list = name === 'findCalls' ? 'calls' : name;
  const first = await journal.query(name, { limit: 1 });
  const timeOf = ({ startedAt, createdAt, at }) => Date.parse(startedAt ?? createdAt ?? at);
  const newest = first.items.length === 0 ? 0 : timeOf(first.items[0]);
  const cursor = (at) => Buffer.from(`${list}.${String(at)}.0`).toString('base64url');
  return { middle: cursor(newest - 182 * DAY_MS), last: cursor(newest - 364 * DAY_MS) };
}
