import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { markOf, marksToFind } from '../folds/call-marks.ts';
import type { CallFilter, CallRecord, FoundCall, Page } from '../calls.port.ts';
import { openCallDays } from './call-days.ts';
import { FROM_THE_TOP, placedPageOf } from './page.ts';

interface FoundRow {
  readonly record: string;
  readonly at: number;
  readonly n: number;
  readonly barge_ins: number | null;
  readonly tool_calls: number | null;
  readonly last_speaker: 'caller' | 'agent' | null;
}

type Params = Record<string, string | number>;

const SELECT = `SELECT c.record, c.at, c.n, d.barge_ins, d.tool_calls, d.last_speaker`;
const WITH_DIGEST = 'LEFT JOIN call_digests d ON d.n = c.n';
/** A path's children sort between `path.` and `path/`, the character after the dot. */
const IN_STATE = `(c.state = @state OR (c.state > @state || '.' AND c.state < @state || '/'))`;
/** The index knows that three-digit parts are there; that they follow each other, the record says. */
const HAS_NUMBER = `(instr(c.record ->> '$.from', @number) > 0 OR instr(c.record ->> '$.to', @number) > 0)`;

const IS_TEST = `(c.record ->> '$.isTest')`;

/** Test calls that are looked up in the index of words one by one: of more, the index is walked. */
const FEW_TESTS = 1000;

/**
 * Finds calls by anything, newest first.
 *
 * Without words or marks it is a walk along the list by time. With them it is a
 * walk along the index, from the newest call down, which stops when the page is
 * full: so neither grows with the number of calls.
 */
export function openCallSearch(db: Database) {
  const days = openCallDays(db);
  const one = db.prepare<[string], FoundRow>(
    `${SELECT} FROM calls c ${WITH_DIGEST} WHERE c.call_sid = ? AND c.record IS NOT NULL`,
  );
  const countTests = db
    .prepare<[number], number>(`SELECT count(*) FROM (SELECT 1 FROM calls c WHERE ${IS_TEST} LIMIT ?)`)
    .pluck();
  const areTestsFew = () => (countTests.get(FEW_TESTS + 1) ?? 0) <= FEW_TESTS;

  /** Which list leads to the calls; undefined: the index of words. What is on a short list is looked up there one by one. */
  const listFor = ({ state, tests }: CallFilter, match: string | undefined): string | undefined => {
    // Live calls are few; the list by time would lead past all others.
    if (state !== undefined && state !== 'ended') return 'calls_by_state';
    if (tests === 'only' && (match === undefined || areTestsFew())) return 'calls_of_tests';
    return match === undefined ? 'calls_by_time' : undefined;
  };

  /** @throws {EngineError} `REQUEST_INVALID` for a cursor that is none of this list. */
  const find = (filter: CallFilter): Page<FoundCall> => {
    const { limit, cursor, state, from = 0, to = Number.MAX_SAFE_INTEGER, tests = 'include' } = filter;
    const page = { list: 'calls' as const, limit, ...(cursor === undefined ? {} : { cursor }) };
    const match = matchOf(filter);
    const list = listFor(filter, match);
    const params: Params = { from, ...(state === undefined ? {} : { state }) };
    if (match !== undefined) params['match'] = match;
    if (filter.number !== undefined) params['number'] = filter.number;
    const conditions = ['c.at >= @from'];
    if (state !== undefined && (match === undefined || state !== 'ended')) conditions.push(IN_STATE);
    if (filter.number !== undefined) conditions.push(HAS_NUMBER);
    if (tests !== 'include') conditions.push(tests === 'only' ? IS_TEST : `NOT ${IS_TEST}`);

    if (list !== undefined) {
      if (match !== undefined) {
        conditions.push('EXISTS (SELECT 1 FROM call_index WHERE call_index MATCH @match AND rowid = c.n)');
      }
      // One bound above: of two SQLite takes the one by time alone, and reads the pages before this one again.
      const sql = `${SELECT} FROM calls c INDEXED BY ${list} ${WITH_DIGEST} WHERE ${conditions.join(' AND ')}
        AND (c.at, c.n) < (@at, @n) ORDER BY c.at DESC, c.n DESC LIMIT @rows`;
      return placedPageOf(
        page,
        ({ at, n, rows }) => {
          const end = to <= at ? { at: to, n: 0 } : { at, n };
          return db.prepare<[object], FoundRow>(sql).all({ ...params, ...end, rows });
        },
        foundOf,
      );
    }

    const isBounded = filter.from !== undefined || filter.to !== undefined;
    const bounds = isBounded ? days.between(from, to) : EVERYWHERE;
    if (bounds === undefined) return { items: [], nextCursor: null };
    const sql = `${SELECT} FROM call_index i CROSS JOIN calls c ON c.n = i.rowid ${WITH_DIGEST}
      WHERE i.call_index MATCH @match AND i.rowid >= @first AND i.rowid <= @last AND i.rowid < @below
      AND ${[...conditions, 'c.at < @to'].join(' AND ')} ORDER BY i.rowid DESC LIMIT @rows`;
    return placedPageOf(
      page,
      ({ n, at, rows }) => {
        // In order of arrival: of a place only the number counts.
        const below = at === FROM_THE_TOP.at ? EVERYWHERE.last : n;
        return db.prepare<[object], FoundRow>(sql).all({ ...params, ...bounds, to, below, rows });
      },
      foundOf,
    );
  };

  return {
    find,
    one: (callSid: string): FoundCall | undefined => {
      const row = one.get(callSid);
      return row && foundOf(row);
    },
  };
}

const EVERYWHERE = { first: 0, last: Number.MAX_SAFE_INTEGER };

function foundOf({ record, barge_ins, tool_calls, last_speaker }: FoundRow): FoundCall {
  return {
    // Written by the log's append, and by nothing else.
    ...(JSON.parse(record) as CallRecord),
    bargeIns: barge_ins,
    toolCalls: tool_calls,
    lastSpeaker: last_speaker,
  };
}

/** The full-text question behind a filter; undefined when it needs none. */
function matchOf({
  q,
  number,
  agent,
  visited,
  tool,
  endReason,
  transition,
  state,
}: CallFilter): string | undefined {
  const marks = [
    ...(number === undefined ? [] : marksToFind(number)),
    ...(agent === undefined ? [] : [markOf.agent(agent)]),
    ...(visited === undefined ? [] : [markOf.visited(visited)]),
    ...(tool === undefined ? [] : [markOf.tool(tool)]),
    ...(endReason === undefined ? [] : [markOf.endReason(endReason)]),
    ...(transition === undefined ? [] : [markOf.transition(transition)]),
  ];
  const words = q === undefined ? [] : wordsOf(q);
  if (marks.length === 0 && words.length === 0) return undefined;
  if (state === 'ended') marks.push(markOf.ended);
  return [
    ...(marks.length === 0 ? [] : [`marks : (${marks.join(' AND ')})`]),
    ...(words.length === 0 ? [] : [`words : (${words.join(' AND ')})`]),
  ].join(' AND ');
}

/**
 * The words to look for, as the index knows words: runs of letters and digits.
 * Quoted, so that none is an operator. The last may still be being typed.
 *
 * @throws {EngineError} `REQUEST_INVALID` when there is none.
 */
function wordsOf(q: string): string[] {
  const words = q.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  if (words.length === 0) throw new EngineError('REQUEST_INVALID', 'q has no word to search for');
  return words.map((word, at) => {
    const isBegun = at === words.length - 1 && word.length >= SHORTEST_BEGINNING && !/\s$/.test(q);
    return `"${word}"${isBegun ? ' *' : ''}`;
  });
}

/** Letters: the beginning of shorter ones is in nearly every call. */
const SHORTEST_BEGINNING = 3;
