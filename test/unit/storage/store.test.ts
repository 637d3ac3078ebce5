import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { callRecordOf } from '../../../src/services/storage/folds/call-record.fold.ts';
import type { NewCall } from '../../../src/services/storage/admission.port.ts';
import type { Page } from '../../../src/services/storage/calls.port.ts';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import type { Queries } from '../../../src/services/storage/journal.port.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { anyRow, row } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

let store: Store;
let lastId = 0;
beforeEach(() => {
  lastId = 0;
  store = openStore(':memory:', { newId: () => `id_${String(++lastId)}` });
  return () => {
    store.close();
  };
});

const CALL: NewCall = {
  callSid: 'CA1',
  agentId: 'default',
  direction: 'inbound',
  from: '+12025550100',
  to: '+12025550111',
  at: 1000,
};
const accept = (callSid = 'CA1', at = 1000) => store.transact('acceptCall', { ...CALL, callSid, at });
const consume = (nonce: string, epoch: number) =>
  store.transact('consumeToken', { nonce, callSid: 'CA1', epoch, at: 2000 });
const end = (callSid = 'CA1') => store.transact('endCall', { callSid, reason: 'completed', at: 9000 });
const eventsOf = (callSid = 'CA1') => store.query('events', { callSid });
const append = (...rows: FeedEntry[]) => {
  store.transact('append', { callSid: 'CA1', rows });
};

describe('a call', () => {
  test('a call is accepted once, and its log begins with that', () => {
    expect(accept()).toEqual({ epoch: 1, isNew: true });
    expect(accept()).toEqual({ epoch: 1, isNew: false });
    expect(eventsOf()).toEqual([
      {
        seq: 1,
        at: 1000,
        ...{ from: 'call', to: null, event: 'call.accepted', state: 'connecting', taken: null, regions: {} },
        body: {
          callSid: 'CA1',
          agentId: 'default',
          direction: 'inbound',
          from: '+12025550100',
          to: '+12025550111',
        },
      },
    ]);
  });

  test('a call may have a log before it is accepted', () => {
    append(row('recording.reported', {}, { at: 500, state: '' }));
    expect(store.query('call', { callSid: 'CA1' })).toBeUndefined();
    expect(store.query('findCalls', { limit: 10 }).items).toEqual([]);
    expect(accept()).toEqual({ epoch: 1, isNew: true });
    expect(eventsOf().map(({ seq, event }) => [seq, event])).toEqual([
      [1, 'recording.reported'],
      [2, 'call.accepted'],
    ]);
  });

  test('a call ends once, and is accepted no more', () => {
    accept();
    expect(end()).toBe(true);
    expect(end()).toBe(false);
    expect(accept()).toBeUndefined();
    expect(store.transact('nextEpoch', { callSid: 'CA1' })).toBeUndefined();
    expect(store.query('call', { callSid: 'CA1' })).toMatchObject({
      state: 'ended',
      endReason: 'completed',
      durationMs: 8000,
    });
    expect(eventsOf().filter(({ event }) => event === 'call.ended')).toHaveLength(1);
  });

  test('a call that nobody accepted cannot end', () => {
    expect(end('CA_unknown')).toBe(false);
  });
});

describe('a stream token', () => {
  test('a stream token is used once, and only for the next epoch', () => {
    accept();
    expect(consume('nonce_of_an_epoch_to_come', 2)).toBe(false);
    expect(consume('nonce_1', 1)).toBe(true);
    expect(consume('nonce_1', 1)).toBe(false);
    expect(consume('nonce_other', 1)).toBe(false);
    expect(consume('nonce_1', 2)).toBe(false);
    expect(store.transact('nextEpoch', { callSid: 'CA1' })).toEqual({ epoch: 2 });
    expect(accept()).toEqual({ epoch: 2, isNew: false });
    expect(consume('nonce_2', 2)).toBe(true);
    expect(store.query('standing', { callSid: 'CA1' })).toMatchObject({ epoch: 2 });
  });

  test('a stream token of a call that ended, or of none, is refused', () => {
    expect(consume('nonce_1', 1)).toBe(false);
    accept();
    end();
    expect(consume('nonce_1', 1)).toBe(false);
  });

  test('a stream token that was refused can be used when its epoch comes', () => {
    accept();
    expect(consume('nonce_2', 2)).toBe(false);
    consume('nonce_1', 1);
    expect(consume('nonce_2', 2)).toBe(true);
  });
});

describe('what comes after the stream', () => {
  const decide = (next: 'hangup' | 'dial') => {
    store.transact('decideNext', { callSid: 'CA1', next, at: 3000 });
  };

  test('what comes after the stream is known until the next stream starts', () => {
    accept();
    consume('nonce_1', 1);
    expect(store.query('standing', { callSid: 'CA1' })).toEqual({
      next: undefined,
      ended: false,
      epoch: 1,
      agentId: 'default',
      startedAt: 1000,
    });
    decide('dial');
    expect(store.query('standing', { callSid: 'CA1' })).toMatchObject({ next: 'dial' });
    consume('nonce_2', 2);
    expect(store.query('standing', { callSid: 'CA1' })).toMatchObject({ next: undefined, epoch: 2 });
    decide('hangup');
    end();
    expect(store.query('standing', { callSid: 'CA1' })).toMatchObject({ next: 'hangup', ended: true });
  });

  test('what comes after the stream is not known of a call that is not known', () => {
    expect(store.query('standing', { callSid: 'CA_unknown' })).toBeUndefined();
  });
});

describe('the log', () => {
  test('the log of a call is dense from 1, never runs backwards, and its cached folds are its folds', () => {
    holds(
      fc.property(fc.array(fc.array(anyRow, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
        const callSid = `CA${String(++lastId)}`;
        accept(callSid);
        for (const rows of batches) {
          const sound = rows.filter(({ at }) => Number.isFinite(at));
          store.append(
            callSid,
            sound.map((each) => ({ ...each, at: each.at % 1e12, body: JSON.stringify(each.body) })),
          );
        }
        const log = eventsOf(callSid);
        expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
        expect(log.every(({ at }, index) => at >= (log[index - 1]?.at ?? 0))).toBe(true);
        expect(store.query('call', { callSid })).toEqual(callRecordOf(log));
      }),
      { runs: 50 },
    );
  });

  test('the log of a call gives back every body as it was', () => {
    const body = {
      itemId: 'i',
      text: "Robert'); DROP TABLE events;-- \u202e\u0000\n{",
      deep: { list: [1, null, true] },
    };
    append(row('caller.said', body));
    expect(eventsOf()[0]?.body).toEqual(body);
  });
});

describe('leads', () => {
  const lead = {
    callSid: 'CA1',
    name: 'Ada',
    phone: null,
    email: 'ada@example.com',
    interest: null,
    notes: null,
  };

  test('leads are stored once per key', () => {
    const first = store.transact('createLead', { ...lead, key: 'k1', at: 5000 });
    expect(first).toEqual({ ...lead, id: 'id_1', createdAt: '1970-01-01T00:00:05.000Z' });
    expect(store.transact('createLead', { ...lead, name: 'Bob', key: 'k1', at: 6000 })).toEqual(first);
    expect(store.query('leads', { limit: 10 }).items).toEqual([first]);
    expect(eventsOf().map(({ from, event, body }) => [from, event, body])).toEqual([
      ['journal', 'lead.stored', { leadId: 'id_1' }],
    ]);
  });
});

describe('messages', () => {
  const send = (key: string, at = 5000) =>
    store.transact('createMessage', { key, callSid: 'CA1', to: '+12025550100', body: 'See you at ten.', at });

  test('text messages are stored once per key, before they are sent', () => {
    const first = send('k1');
    expect(first).toMatchObject({
      isNew: true,
      message: { id: 'id_1', status: 'pending', providerSid: null },
    });
    expect(send('k1')).toEqual({ ...first, isNew: false });
  });

  test('text messages follow what the provider tells, in whatever order it tells', () => {
    send('k1');
    const settle = (status: string) =>
      store.transact('settleMessage', { providerSid: 'SM1', status, at: 7000 });
    const known = () => store.query('messages', { limit: 1 }).items[0];
    expect(settle('sent')).toBe(false);
    expect(
      store.transact('settleMessage', { id: 'id_1', providerSid: 'SM1', status: 'queued', at: 6000 }),
    ).toBe(true);
    expect(known()).toMatchObject({ status: 'queued', providerSid: 'SM1' });
    expect(settle('delivered')).toBe(true);
    expect(settle('sent')).toBe(true);
    expect(known()).toMatchObject({ status: 'delivered', providerSid: 'SM1' });
  });

  test('text messages are counted by call and by destination', () => {
    send('k1', 1000);
    send('k2', 5000);
    const count = (since: number) =>
      store.query('messageCounts', { callSid: 'CA1', to: '+12025550100', since });
    expect(count(2000)).toEqual({ ofCall: 2, ofDestination: 1 });
    expect(store.query('messageCounts', { callSid: 'CA2', to: '+12025550199', since: 0 })).toEqual({
      ofCall: 0,
      ofDestination: 0,
    });
  });
});

describe('lists', () => {
  const pagesOf = <Item>(read: (cursor: string | undefined) => Page<Item>): Item[][] => {
    const pages: Item[][] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = read(cursor);
      pages.push(items);
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    return pages;
  };
  const calls = (args: Omit<Parameters<Queries['findCalls']>[0], 'limit'> & { limit?: number }) =>
    store.query('findCalls', { limit: 2, ...args });

  test('lists of the journal are newest first, page by page, and what comes meanwhile moves nothing', () => {
    for (const at of [1, 2, 3, 3, 4]) accept(`CA${String(++lastId)}`, at * 1000);
    const pages = pagesOf((cursor) => {
      if (cursor !== undefined) accept(`CA${String(++lastId)}`, 9000);
      return calls(cursor === undefined ? {} : { cursor });
    });
    expect(pages.map((page) => page.map(({ callSid }) => callSid))).toEqual([
      ['CA5', 'CA4'],
      ['CA3', 'CA2'],
      ['CA1'],
    ]);
  });

  test('lists of calls are taken by state, or by a state and those within it', () => {
    const states = [
      'conversing.listening',
      'conversing.listening.quiet',
      'conversing.listeningIn',
      'conversing',
    ];
    for (const [index, state] of states.entries()) {
      accept(`CA${String(index)}`, index);
      store.transact('append', { callSid: `CA${String(index)}`, rows: [row('x', {}, { state })] });
    }
    accept('CA_ended');
    end('CA_ended');
    const sids = (state: string) => calls({ state, limit: 10 }).items.map(({ callSid }) => callSid);
    expect(sids('conversing.listening')).toEqual(['CA1', 'CA0']);
    expect(sids('conversing')).toEqual(['CA3', 'CA2', 'CA1', 'CA0']);
    expect(sids('ended')).toEqual(['CA_ended']);
    expect(sids("' OR TRUE --")).toEqual([]);
  });

  test.each(['', 'x', 'bGVhZHMuMS4x', 'Y2FsbHMuMS4x=', 'Y2FsbHMuMS54', 'Y2FsbHMuMWUzLjE', "' OR 1=1"])(
    'lists of the journal refuse the cursor "%s"',
    (cursor) => {
      expect(() => calls({ cursor })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    },
  );

  test.each([0, -1, 1.5, Number.NaN])('lists of the journal refuse the limit %d', (limit) => {
    expect(() => calls({ limit })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});
