import { beforeEach, describe, expect, test } from 'vitest';
import { TwilioAccount } from '../../support/twilio-account.ts';

const SID = `AC${'0'.repeat(32)}`;
const CALL = `CA${'1'.repeat(32)}`;
const TEXT = { To: '+12025550123', From: '+12025550100', Body: 'See you' };
const PLACED = { To: '+12025550123', From: '+12025550100', Url: 'https://engine.test/voice' };

let account: TwilioAccount;
beforeEach(() => {
  account = new TwilioAccount(SID);
});

const ask = (method: string, resource: string, form: Record<string, string> = {}) =>
  account.serve(method, `/2010-04-01/Accounts/${SID}/${resource}`, new URLSearchParams(form));

describe('an account of the carrier', () => {
  test.each([
    ['no number to send to', { To: '' }, 21_604],
    ['no number to send from', { From: '' }, 21_603],
    ['no words', { Body: '' }, 21_602],
    ['what is no number', { To: '2025550123' }, 21_211],
    ['more than 1600 characters', { Body: 'x'.repeat(1601) }, 21_617],
  ])('an account of the carrier refuses a text with %s, and takes none', (_what, wrong, code) => {
    expect(ask('POST', 'Messages.json', { ...TEXT, ...wrong })).toEqual({ status: 400, code });
    expect(account.messages).toEqual([]);
  });

  test.each([
    ['no number to call', { To: '' }, 21_201],
    ['no number to call from', { From: '' }, 21_213],
    ['what is no number', { To: 'client' }, 21_211],
    ['a relative URL', { Url: '/twilio/voice' }, 21_205],
  ])('an account of the carrier refuses a call with %s, and places none', (_what, wrong, code) => {
    expect(ask('POST', 'Calls.json', { ...PLACED, ...wrong })).toEqual({ status: 400, code });
    expect(account.calls).toEqual([]);
  });

  test('an account of the carrier ends a call in progress once, and refuses to end it again with 21220', () => {
    let ended = 0;
    account.carry(CALL, () => ended++);
    const end = () => ask('POST', `Calls/${CALL}.json`, { Status: 'completed' });
    expect(end()).toEqual({ status: 200, json: { sid: CALL, status: 'completed' } });
    expect(end()).toEqual({ status: 400, code: 21_220 });
    expect(ended).toBe(1);
  });

  test('an account of the carrier leads a call in progress to a URL, as often as it is asked, and no call that is over', () => {
    const urls: string[] = [];
    account.carry(CALL, (change) => {
      if ('url' in change) urls.push(change.url);
    });
    const lead = (Url: string) => ask('POST', `Calls/${CALL}.json`, { Url, Method: 'POST' });
    expect(lead('https://engine.test/a')).toEqual({
      status: 200,
      json: { sid: CALL, status: 'in-progress' },
    });
    expect(lead('https://engine.test/b')).toMatchObject({ status: 200 });
    expect(lead('/b')).toEqual({ status: 400, code: 21_205 });
    account.callEnded(CALL);
    expect(lead('https://engine.test/c')).toEqual({ status: 400, code: 21_220 });
    expect(urls).toEqual(['https://engine.test/a', 'https://engine.test/b']);
  });

  test('an account of the carrier takes as many updates in a second as it may, and refuses the rest with 20429', () => {
    let time = 5000;
    account = new TwilioAccount(SID, { updatesPerSecond: 2, now: () => time });
    account.carry(CALL);
    const statusAt = (at: number) => {
      time = at;
      const { status } = ask('POST', `Calls/${CALL}.json`, { Url: 'https://engine.test/a' });
      return status;
    };
    expect([5000, 5100, 5200, 5999, 6000, 6050, 6100].map(statusAt)).toEqual([
      ...[200, 200, 429, 429, 200, 429, 200],
    ]);
  });

  test('an account of the carrier refuses to end a call that the caller has ended with 21220', () => {
    account.carry(CALL);
    account.callEnded(CALL);
    expect(ask('POST', `Calls/${CALL}.json`, { Status: 'completed' })).toEqual({ status: 400, code: 21_220 });
  });

  test('an account of the carrier ends a call that it was asked to place', () => {
    ask('POST', 'Calls.json', PLACED);
    const { sid } = account.calls[0] ?? { sid: '' };
    expect(ask('POST', `Calls/${sid}.json`, { Status: 'completed' })).toMatchObject({ status: 200 });
  });

  test.each([
    ['a call that it does not know', 'POST', `Calls/${CALL}.json`],
    ['a resource that it does not have', 'GET', 'Queues.json'],
    ['a path out of its calls', 'POST', 'Calls/..%2FMessages.json'],
  ])('an account of the carrier answers %s with 20404', (_what, method, resource) => {
    expect(ask(method, resource, { Status: 'completed' })).toEqual({ status: 404, code: 20_404 });
  });

  test('an account of the carrier answers another account with 20404', () => {
    const path = `/2010-04-01/Accounts/AC${'9'.repeat(32)}/Messages.json`;
    expect(account.serve('POST', path, new URLSearchParams(TEXT))).toEqual({ status: 404, code: 20_404 });
  });

  test('an account of the carrier lists what is between two numbers, newest first, by pages', () => {
    for (const Body of ['one', 'two', 'three']) ask('POST', 'Messages.json', { ...TEXT, Body });
    ask('POST', 'Messages.json', { ...TEXT, To: '+12025550199' });
    const { To, From } = TEXT;
    expect(ask('GET', 'Messages.json', { To, From, PageSize: '2' })).toMatchObject({
      json: { messages: [{ body: 'three' }, { body: 'two' }] },
    });
  });
});
