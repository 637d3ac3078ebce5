import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { CallerVoice } from '../../../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../../../src/simulator/carrier/carrier-events.ts';
import { placeCall, type PlaceCallOptions } from '../../../../src/simulator/carrier/place-call.ts';
import { HANGUP, ScriptedEngine, STREAM } from '../../../support/scripted-engine.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

let clock: VirtualClock;
let engine: ScriptedEngine;
let told: CarrierEvent[];

beforeEach(() => {
  clock = new VirtualClock();
  engine = new ScriptedEngine();
  told = [];
});

const place = (options: Partial<PlaceCallOptions> = {}) =>
  placeCall({
    url: 'http://engine.example',
    to: '+12025550100',
    from: '+12025550123',
    callSid: 'CA0001',
    voice: new CallerVoice(),
    clock,
    post: engine.post,
    openSocket: engine.openSocket,
    tell: (event) => told.push(event),
    ...options,
  });

const alerts = () => told.flatMap((event) => (event.type === 'carrier.alert' ? [event.alert.code] : []));

describe('placing a call', () => {
  test('a placed call asks the voice webhook, streams, asks what comes after the stream, and reports the end', async () => {
    engine.answer('/twilio/voice', STREAM).answer('/twilio/after-stream', HANGUP);
    const call = place();
    await clock.run(500);
    const [socket] = engine.sockets;
    expect(socket?.url).toBe('ws://engine.example/twilio/media');
    expect(socket?.heard[1]?.start?.customParameters).toEqual({ token: 't1' });
    socket?.closes();
    await clock.run(0);
    expect(await call.ended).toEqual({ status: 'completed', by: 'engine', durationMs: 500 });
    expect(engine.formsOf('/twilio/voice')[0]).toMatchObject({
      CallSid: 'CA0001',
      From: '+12025550123',
      To: '+12025550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
    });
    expect(engine.formsOf('/twilio/status').map((form) => form['StreamEvent'] ?? form['CallStatus'])).toEqual(
      ['stream-started', 'stream-stopped', 'completed'],
    );
    expect(clock.pending).toBe(0);
  });

  test('a placed call is hung up: the stream stops, its status is completed, nothing is asked after the stream', async () => {
    engine.answer('/twilio/voice', STREAM);
    const call = place();
    await clock.run(100);
    call.press('12');
    call.hangUp();
    await clock.run(0);
    expect((await call.ended).by).toBe('caller');
    expect(engine.sockets[0]?.heard.map(({ event }) => event).slice(-3)).toEqual(['dtmf', 'dtmf', 'stop']);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    expect(engine.formsOf('/twilio/status').at(-1)).toMatchObject({ CallStatus: 'completed' });
  });

  test('a placed call resumes with a new stream after the line broke', async () => {
    engine.answer('/twilio/voice', STREAM).answer('/twilio/after-stream', STREAM, HANGUP);
    const call = place();
    await clock.run(100);
    call.breakLine();
    await clock.run(100);
    expect(engine.sockets).toHaveLength(2);
    const [first, second] = told.flatMap((event) =>
      event.type === 'stream.attached' ? [event.streamSid] : [],
    );
    expect(second).not.toBe(first);
    engine.sockets[1]?.closes();
    await clock.run(0);
    expect((await call.ended).status).toBe('completed');
    expect(call.recording().agent).toHaveLength(1600);
  });

  test('a placed call asks a failing action again, as often as its fragment says, with one idempotency token', async () => {
    engine.answer('/twilio/voice', STREAM).answer('/twilio/after-stream', 'ct', 503, HANGUP);
    const call = place();
    await clock.run(100);
    engine.sockets[0]?.closes();
    await clock.run(2000);
    expect((await call.ended).status).toBe('completed');
    const tries = engine.asked.filter(({ path }) => path === '/twilio/after-stream');
    expect(tries).toHaveLength(3);
    expect(new Set(tries.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
  });

  test('a placed call fails when a webhook fails for good, or answers what is not TwiML', async () => {
    engine.answer('/twilio/voice', 500);
    const failed = place();
    await clock.run(20_000);
    expect((await failed.ended).status).toBe('failed');
    engine.answer('/twilio/voice', 'oops');
    const garbled = place();
    await clock.run(20_000);
    expect((await garbled.ended).status).toBe('failed');
    expect(alerts()).toEqual([11_200, 12_100]);
  });

  test('a placed call goes on with the TwiML when the media socket is refused', async () => {
    engine.refusal = new Error('Unexpected server response: 403');
    engine.answer('/twilio/voice', STREAM).answer('/twilio/after-stream', HANGUP);
    const call = place();
    await clock.run(100);
    expect((await call.ended).status).toBe('completed');
    expect(alerts()).toEqual([31_920]);
  });

  test('a placed call dials, and tells the engine what became of it', async () => {
    engine
      .answer('/twilio/voice', STREAM)
      .answer(
        '/twilio/after-stream',
        '<Response><Dial action="/twilio/dial-result"><Number>+12025550111</Number></Dial></Response>',
      )
      .answer('/twilio/dial-result', STREAM);
    const call = place({ dialResult: { status: 'no-answer', afterMs: 25_000 } });
    await clock.run(100);
    engine.sockets[0]?.closes();
    await clock.run(25_100);
    expect(engine.formsOf('/twilio/dial-result')[0]).toMatchObject({
      DialCallStatus: 'no-answer',
      DialBridged: 'false',
    });
    expect(told).toContainEqual({ type: 'dial.ended', number: '+12025550111', status: 'no-answer' });
    expect(engine.sockets).toHaveLength(2);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('a placed call cancels the dialling when the caller hangs up', async () => {
    engine
      .answer('/twilio/voice', '<Response><Dial action="/twilio/dial-result">+12025550111</Dial></Response>')
      .answer('/twilio/dial-result', STREAM);
    const call = place({ dialResult: { status: 'completed', afterMs: 60_000 } });
    await clock.run(1000);
    call.hangUp();
    await clock.run(0);
    await call.ended;
    expect(engine.formsOf('/twilio/dial-result')[0]).toMatchObject({ DialCallStatus: 'canceled' });
    expect(engine.sockets).toEqual([]);
  });

  test('a placed call speaks a busy message and ends without a stream', async () => {
    engine.answer('/twilio/voice', '<Response><Say>All lines are busy.</Say><Hangup/></Response>');
    const call = place();
    await clock.run(5000);
    expect(await call.ended).toMatchObject({ status: 'completed', by: 'engine' });
    expect(told).toContainEqual({ type: 'carrier.said', text: 'All lines are busy.' });
  });

  test('a placed call runs new TwiML at once when it is updated, and asks no action', async () => {
    engine.answer('/twilio/voice', STREAM);
    const call = place();
    await clock.run(100);
    call.update({ twiml: '<Response><Pause length="2"/></Response>' });
    await clock.run(1900);
    expect(engine.sockets[0]?.heard.at(-1)?.event).toBe('stop');
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    await clock.run(100);
    expect((await call.ended).durationMs).toBe(2100);
  });

  test('a placed call that is led to a URL leaves its stream at once and does what the URL answers', async () => {
    engine.answer('/twilio/voice', STREAM).answer('/rescue', STREAM);
    const call = place();
    await clock.run(100);
    call.update({ url: 'http://engine.example/rescue?epoch=2' });
    await clock.run(100);
    expect(engine.sockets[0]?.heard.at(-1)?.event).toBe('stop');
    expect(engine.formsOf('/rescue')).toMatchObject([{ CallSid: 'CA0001', CallStatus: 'in-progress' }]);
    expect(engine.formsOf('/twilio/after-stream')).toEqual([]);
    expect(engine.sockets).toHaveLength(2);
    call.hangUp();
    await clock.run(0);
    await call.ended;
  });

  test('a placed call that is led to a URL while it is asked, or opens its stream, does not miss it', async () => {
    engine.answer('/twilio/voice', STREAM, STREAM).answer('/rescue', HANGUP, HANGUP);
    const asking = place();
    asking.update({ url: 'http://engine.example/rescue' });
    await clock.run(0);
    await asking.ended;
    expect(engine.sockets).toEqual([]);

    let open: () => void = () => undefined;
    const opening = place({
      openSocket: async (url) => {
        await new Promise<void>((resolve) => (open = resolve));
        return engine.openSocket(url);
      },
    });
    await clock.run(10);
    opening.update({ url: 'http://engine.example/rescue' });
    open();
    await clock.run(0);
    await opening.ended;
    expect(engine.sockets[0]?.heard.at(-1)?.event).toBe('stop');
    expect(engine.formsOf('/rescue')).toHaveLength(2);
  });

  test('a placed call signs every request for the public address, and reaches the engine where it listens', async () => {
    const authToken = 'a-token-of-the-account';
    const publicUrl = 'https://calls.example.com';
    const seen: { path: string; signature: string; form: Record<string, string> }[] = [];
    const server = createServer((request, response) => {
      void (async () => {
        const body = Buffer.concat(await request.toArray()).toString();
        const signature = String(request.headers['x-twilio-signature']);
        seen.push({
          path: request.url ?? '',
          signature,
          form: Object.fromEntries(new URLSearchParams(body)),
        });
        const isVoice = request.url === '/twilio/voice';
        response.end(isVoice ? STREAM.replace('ws://engine.example', 'wss://calls.example.com') : HANGUP);
      })();
    });
    const sockets = new WebSocketServer({ server });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(sockets, 'connection');
    const { port } = server.address() as AddressInfo;
    const call = placeCall({
      url: `http://127.0.0.1:${String(port)}`,
      publicUrl,
      authToken,
      to: '+12025550100',
      from: '+12025550123',
      voice: new CallerVoice(),
    });
    const [socket, upgrade] = (await connected) as [{ close(): void }, { headers: Record<string, string> }];
    const upgradeSignature = upgrade.headers['x-twilio-signature'] ?? '';
    socket.close();
    await call.ended;
    sockets.close();
    server.close();
    expect(
      twilio.validateRequest(authToken, upgradeSignature, 'wss://calls.example.com/twilio/media', {}),
    ).toBe(true);
    expect(seen.map(({ path }) => path).filter((path) => path !== '/twilio/status')).toEqual([
      '/twilio/voice',
      '/twilio/after-stream',
    ]);
    for (const { path, signature, form } of seen) {
      expect(twilio.validateRequest(authToken, signature, publicUrl + path, form)).toBe(true);
    }
  });
});
