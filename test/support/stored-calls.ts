import { onTestFinished } from 'vitest';
import type { FeedEntry } from '../../src/protocol/call-feed.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { openStore, type Store } from '../../src/services/storage/sqlite/store.ts';
import { row } from './call-rows.ts';

/** A journal in this thread: what is told to it is there at once. Closed after the test. */
export function storeJournal(file = ':memory:'): { store: Store; journal: Journal } {
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
  });
  const attempt = <Result>(work: () => Result) =>
    new Promise<Result>((resolve) => {
      resolve(work());
    });
  const journal: Journal = {
    trouble: undefined,
    record: (callSid, rows) => {
      store.atomically(() => {
        store.append(callSid, written(rows));
      });
    },
    transact: (name, args) => attempt(() => store.atomically(() => store.transact(name, args))),
    keep: (name, args) =>
      attempt(() => {
        store.atomically(() => store.transact(name, args));
      }),
    query: (name, args) => attempt(() => store.query(name, args)),
    close: () => Promise.resolve(),
  };
  return { store, journal };
}

const written = (rows: readonly FeedEntry[]) =>
  rows.map((each) => ({ ...each, body: JSON.stringify(each.body) }));

/** What a caller says in {@link shortCall}, a word that must be nowhere else. */
export const SECRET_WORD = 'rumpelstiltskin';
export const CALLER_NUMBER = '+12025550123';

const BEGUN = Date.UTC(2026, 10, 25, 10);

/** The log of one call: greeted, asked, interrupted, helped by a tool, ended. */
export function shortCall(callSid: string, { isOver = true, at = BEGUN } = {}): FeedEntry[] {
  const quiet = 'conversing.listening.quiet';
  const rows = [
    row(
      'call.accepted',
      { callSid, agentId: 'default', direction: 'inbound', from: CALLER_NUMBER, to: '+12025550100' },
      { from: 'call', state: 'connecting' },
    ),
    row(
      'phone.attached',
      { streamSid: 'MZ1' },
      {
        ...{ from: 'phone', state: 'configuring', taken: ['call:a|phone.attached|0'] },
        regions: { line: 'attached', turn: 'answered' },
      },
    ),
    row('configure', {}, { state: 'configuring' }),
    row('playback.started', {}, { from: 'phone', state: quiet, taken: ['call:b|playback.started|0'] }),
    row('caller.stoppedSpeaking', { itemId: 'i1', speechMs: 700 }, { state: quiet }),
    row(
      'caller.committed',
      { itemId: 'i1' },
      { state: 'conversing.listening.awaitingReply', regions: { turn: 'owed' } },
    ),
    row('caller.said', { itemId: 'i1', text: `It is ${SECRET_WORD}, 42`, language: 'en' }, { state: quiet }),
    row('digit.pressed', { digit: '7' }, { from: 'phone', state: quiet, taken: [] }),
    row(
      'tool.requested',
      { request: { toolCallId: 't1', name: 'create_lead', argumentsJson: `{"name":"${SECRET_WORD}"}` } },
      { state: quiet },
    ),
    row(
      'tool.settled',
      {
        slot: 'tool.0',
        toolCallId: 't1',
        name: 'create_lead',
        outcome: { status: 'ok', output: `{"for":"${SECRET_WORD}"}` },
      },
      { from: 'tool.0', state: quiet },
    ),
    row('agent.startedItem', { itemId: 'i2', responseId: 'r1' }, { state: quiet }),
    row('playback.started', {}, { from: 'phone', state: 'conversing.responding' }),
    row(
      'agent.said',
      {
        itemId: 'i2',
        text: `Thanks ${SECRET_WORD}`,
        unheard: `and ${SECRET_WORD}`,
        interrupted: true,
        heardMs: 900,
      },
      { state: quiet },
    ),
    row('turn.interrupted', { heard: [] }, { from: 'call', state: quiet }),
    ...(isOver ? [row('call.ended', { reason: 'completed' }, { from: 'call', state: 'ended' })] : []),
  ];
  return rows.map((each, index) => ({ ...each, at: at + index * 250 }));
}
