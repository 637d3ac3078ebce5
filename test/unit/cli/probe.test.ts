import { createServer } from 'node:http';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/clock.ts';
import type { ProbeTimes } from '../../../src/cli/probe/experiment.ts';
import { probe, type ProbeFlags } from '../../../src/cli/probe/probe.ts';
import { ProbeListener } from '../../../src/cli/probe/probe-listener.ts';
import { signedFormOf } from '../../../src/cli/probe/signed-form.ts';
import { UsageError } from '../../../src/cli/terminal.ts';
import type { CarrierConduct } from '../../../src/simulator/carrier/carrier-conduct.ts';
import { CARRIER_UNKNOWNS } from '../../../src/simulator/carrier/carrier-unknowns.ts';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { CALLED_NUMBER, type CalledEnd, OWN_NUMBER, probedAccount } from '../../support/probed-account.ts';

const PATIENCE_MS = 120_000;
/** The simulated carrier needs no more. */
const TIMES: ProbeTimes = {
  ...{ answerMs: 10_000, talkMs: 200, actionMs: 3000, unreadMs: 3000, retriesMs: 5000, idleMs: 700 },
  ...{ toneMs: 1500, personMs: 5000, endMs: 1500 },
};

type Input = PassThrough & { isTTY?: boolean };

/** What is printed, with somebody at the terminal or nobody. */
function page(input?: Input) {
  const lines: string[] = [];
  const terminal = {
    hasColours: false,
    print: (line: string) => lines.push(line),
    complain: () => undefined,
    ...(input !== undefined && { input }),
  };
  return { lines, terminal };
}

async function accountWith(conduct: Partial<CarrierConduct>, end?: CalledEnd) {
  const account = await probedAccount(conduct, end);
  onTestFinished(account.close);
  return account;
}

/** Probes an account, and answers what was found, by question. */
async function foundWith(conduct: Partial<CarrierConduct>, end?: CalledEnd, times = TIMES) {
  const account = await accountWith(conduct, end);
  const { lines, terminal } = page();
  const code = await probe({ to: CALLED_NUMBER, yes: true }, account.config, terminal, { times });
  const found: Record<string, string[]> = {};
  let id = '';
  for (const line of lines.slice(lines.lastIndexOf('') + 1)) {
    if (line.startsWith('U')) id = line.split(' ')[0] ?? '';
    else (found[id] ??= []).push(line.trim());
  }
  return { code, found, lines, account };
}

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('the probe', { timeout: PATIENCE_MS }, () => {
  test('the probe finds the likely answers of an account, and leaves no call behind', async () => {
    const { code, found, lines, account } = await foundWith({ retrySpacingMs: 100 });
    expect(found).toEqual({
      U1: [like(/^at once: after 0\.\d s, CallStatus=in-progress$/)],
      U2: ['the action: CallStatus=in-progress'],
      U3: ['not within 3.0 s'],
      U4: [like(/^as it says: asked 4 of 4 times, 0\.\d s, 0\.\d s, 0\.\d s apart; then fallback$/)],
      U5: ['an action: without its fragment', 'a stream: as written'],
      U6: ['no'],
      // Two requests of one moment come over two connections.
      U7: [
        like(/^when a stream breaks: (?:action, stream-stopped|stream-stopped, action)$/),
        like(/^when a caller hangs up: stop, /),
      ],
      U8: ['not pinged in 0.7 s, a ping was answered'],
      U9: [like(/^it is dropped: 0\.[1-6] s of 1\.5 s were heard$/)],
      U10: ['all of them: 10 of 10 at once'],
    });
    expect(code).toBe(0);
    expect(Object.keys(found)).toEqual(CARRIER_UNKNOWNS.map(({ id }) => id));
    await Promise.all(account.legs.map(({ ended }) => ended));
    expect(account.rest.calls).toHaveLength(8);
    expect(lines.slice(0, 2).join(' ')).toMatch(/8 calls.*at most \d+ begun minutes/);
  });

  test('the probe finds the other answers of an account', async () => {
    const { code, found } = await foundWith({
      ...{ noticesLossAfterMs: 800, afterUnopened: 'fallback', givesUpAfterMs: 600 },
      ...{ retrySpacingMs: 100, readsOverrides: false, signsFragment: true, signsStream: 'withSlash' },
      ...{ asksAfterHangUp: true, endsWith: 'callbacks', pingEveryMs: 200, queuedAudio: 'played' },
      updatesPerSecond: 1,
    });
    expect(found).toEqual({
      U1: [like(/^later: after (?:0\.[89]|1\.\d) s, CallStatus=in-progress$/)],
      U2: ['the fallback URL of the number: ErrorCode=31920'],
      U3: [like(/^after [12]\.\d s: stream-stopped$/)],
      U4: ['otherwise: asked 1 of 4 times; then fallback'],
      U5: ['an action: as written', 'a stream: with a slash'],
      U6: ['yes, with CallStatus=completed'],
      U7: [
        'when a stream breaks: stream-stopped, action',
        like(/^when a caller hangs up: completed, stop, .*stream-stopped.*action$/),
      ],
      U8: [like(/^pinged [23] times in 0\.7 s, a ping was answered$/)],
      U9: [like(/^it is played first: 1\.\d s of 1\.5 s were heard$/)],
      // The calls before have been ended in the same second.
      U10: [like(/^not all of them: [01] of 10 at once$/)],
    });
    expect(code).toBe(0);
  });

  test('the probe finds an account that does not ask after a loss, and answers no pings', async () => {
    const { found } = await foundWith({ asksAfterLoss: false, answersPings: false, retrySpacingMs: 0 });
    expect(found['U1']).toEqual(['not at all: the call ends']);
    expect(found['U4']).toEqual([like(/^as it says: asked 4 of 4 times, 0\.0 s/)]);
    expect(found['U8']).toEqual(['not pinged in 0.7 s, a ping was not answered']);
  });

  test('the probe of a telephone asks its person to hang up, and says what cannot be heard there', async () => {
    const account = await accountWith({ retrySpacingMs: 100 }, 'telephone');
    const { lines, terminal } = page();
    const print = (line: string) => {
      if (line.includes('hang up the telephone')) account.legs.at(-1)?.hangUp();
      return terminal.print(line);
    };
    const flags = { to: CALLED_NUMBER, yes: true };
    expect(await probe(flags, account.config, { ...terminal, print }, { times: TIMES })).toBe(1);
    const answerTo = (id: string) =>
      lines[lines.findLastIndex((line) => line.startsWith(`${id} `)) + 1]?.trim();
    expect(answerTo('U6')).toBe('no');
    expect(answerTo('U9')).toBe('could not be found out');
  });

  test('the probe of a number that nobody answers finds nothing, and says so', async () => {
    const { code, found, lines } = await foundWith({ retrySpacingMs: 0 }, 'nobody', {
      ...TIMES,
      answerMs: 2000,
    });
    expect(code).toBe(1);
    expect(new Set(Object.values(found).flat())).toEqual(new Set(['could not be found out']));
    expect(lines.filter((line) => line.includes('nobody answered'))).toHaveLength(8);
  });
});

describe('before the probe begins', () => {
  const refusalOf = async (changes: object, flags: Partial<ProbeFlags> = {}, input?: Input) => {
    const account = await accountWith({});
    const { terminal } = page(input);
    const config = { ...account.config, ...changes };
    const asked = probe({ to: CALLED_NUMBER, yes: true, ...flags }, config, terminal, { times: TIMES });
    await expect(asked).rejects.toThrow(UsageError);
    expect(account.rest.calls).toEqual([]);
    return asked.catch((thrown: unknown) => (thrown as Error).message);
  };

  test('before the probe begins it asks, and a no, or nobody to ask, places no call', async () => {
    expect(await refusalOf({}, { yes: false })).toContain('--yes');
    const account = await accountWith({});
    const input: Input = new PassThrough();
    input.isTTY = true;
    const { lines, terminal } = page(input);
    input.end('no\n');
    expect(await probe({ to: CALLED_NUMBER, yes: false }, account.config, terminal)).toBe(0);
    expect(lines.at(-1)).toBe('Place these calls? [y/N]');
    expect(account.rest.calls).toEqual([]);
  });

  test('before the probe begins it says what is missing', async () => {
    expect(await refusalOf({}, { to: OWN_NUMBER })).toContain('another number');
    expect(await refusalOf({ publicUrl: 'http://127.0.0.1:9' })).toContain('does not lead to');
    const account = await accountWith({});
    const twilio = { ...account.config.twilio, authToken: undefined };
    expect(await refusalOf({ twilio })).toContain('TWILIO_AUTH_TOKEN');
    const far = { ...account.config.twilio, apiUrl: 'https://api.twilio.example' };
    expect(await refusalOf({ twilio: far })).toContain('PUBLIC_URL must be an address that Twilio reaches');
  });

  test('before the probe begins the engine must be stopped', async () => {
    const account = await accountWith({});
    const engine = createServer().listen(account.config.port, '127.0.0.1');
    await once(engine, 'listening');
    const asked = probe({ to: CALLED_NUMBER, yes: true }, account.config, page().terminal);
    await expect(asked).rejects.toThrow('stop the engine');
    engine.close();
  });
});

describe('strangers at the probe', () => {
  test('strangers at the probe are refused, and nothing of theirs is taken for the carrier', async () => {
    const { config } = await accountWith({});
    const publicUrl = `http://127.0.0.1:${String(config.port)}`;
    const listener = new ProbeListener({ publicUrl, authToken: 'token', clock: systemClock });
    await listener.listen('127.0.0.1', config.port);
    onTestFinished(() => listener.close());
    const call = listener.expect({});
    const post = (what: 'voice' | 'action', signature: string) =>
      fetch(listener.urlOf(call, what), {
        method: 'POST',
        headers: { 'x-twilio-signature': signature },
        body: new URLSearchParams({ CallSid: 'CA1' }),
      });
    expect((await post('voice', 'forged')).status).toBe(403);
    const upgrade = new WebSocket(`${publicUrl.replace('http', 'ws')}/twilio/probe/0/media`);
    await once(upgrade, 'error');
    expect([listener.strangers, call.events]).toEqual([2, []]);
    const signature = getExpectedTwilioSignature('token', listener.urlOf(call, 'voice'), { CallSid: 'CA1' });
    expect(await (await post('voice', signature)).text()).toContain('<Connect action=');
    expect(call.events).toMatchObject([{ moment: 'voice', signedForm: 'as written' }]);
  });
});

describe('the form of a URL in a signature', () => {
  const form = { CallSid: 'CA1' };
  const sign = (url: string) => getExpectedTwilioSignature('token', url, form);

  test.each([
    ['as written', '#rc=3'],
    ['without its fragment', ''],
  ] as const)('the form of a URL in a signature is found: %s', (name, fragment) => {
    const url = 'https://calls.example/a?b=1';
    const request = { url: `${url}#rc=3`, form, signature: sign(url + fragment) };
    expect(signedFormOf('token', request)).toBe(name);
  });

  test.each([
    ['as written', 'wss://calls.example/a'],
    ['with a slash', 'wss://calls.example/a/'],
    ['with its port', 'wss://calls.example:443/a'],
    ['with both', 'wss://calls.example:443/a/'],
    [undefined, 'https://calls.example/a'],
  ] as const)('the form of a stream in a signature is %s for %s', (name, signed) => {
    expect(signedFormOf('token', { url: 'wss://calls.example/a', form, signature: sign(signed) })).toBe(name);
    expect(
      signedFormOf('other', { url: 'wss://calls.example/a', form, signature: sign(signed) }),
    ).toBeUndefined();
  });
});
