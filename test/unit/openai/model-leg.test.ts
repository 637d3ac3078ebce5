import { describe, expect, test } from 'vitest';
import { encodeALaw } from '../../../src/media/a-law.ts';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';
import type { ModelFact } from '../../../src/machines/call/call.events.ts';
import { remedyOf } from '../../../src/remedies.ts';
import { audioOf, heard, ModelLegRig, type Sent } from '../../support/model-leg.ts';

const FRAME_MS = 20;

/** One frame of the caller, numbered by its bytes, somewhere inside a larger buffer. */
function callerSays(rig: ModelLegRig, number: number): void {
  const text = Buffer.from(`xx${audioOf(FRAME_MS, number % 256)}yy`);
  rig.line.callerAudio(text, 2, text.length - 2);
}

const audioIn = ({ audio }: Sent) => Buffer.from(String(audio), 'base64')[0];
const errorOf = (facts: readonly ModelFact[]) =>
  facts.flatMap((fact) => ('error' in fact ? [{ type: fact.type, ...fact.error }] : []));

describe("the caller's audio", () => {
  test("the caller's audio goes on unchanged, one frame for one frame", () => {
    const rig = new ModelLegRig().configured();
    callerSays(rig, 7);
    expect(rig.socket.frames.at(-1)).toBe(
      `{"type":"input_audio_buffer.append","audio":"${audioOf(FRAME_MS, 7)}"}`,
    );
    expect(rig.sent()).toHaveLength(1);
  });

  test("the caller's audio has its typed words told to the simulator, in order with it; no other far end is sent them", () => {
    const simulator = new ModelLegRig({ takesTyped: true });
    simulator.line.callerTyped('too early: it is heard');
    simulator.configured();
    callerSays(simulator, 1);
    simulator.line.callerTyped('Zoë "Q"');
    callerSays(simulator, 2);
    expect(simulator.socket.frames.slice(-3)[1]).toBe('{"type":"simulator.typed","text":"Zoë \\"Q\\""}');
    expect(simulator.socket.frames.filter((text) => text.includes('simulator.typed'))).toHaveLength(1);

    const service = new ModelLegRig().configured();
    service.line.callerTyped('Zoë');
    expect(service.sent()).toEqual([]);
  });

  test("the caller's audio waits for the configuration, the last two seconds of it, and then goes in order", () => {
    const rig = new ModelLegRig();
    for (let frame = 0; frame < 150; frame++) {
      callerSays(rig, frame);
      rig.clock.advance(FRAME_MS);
    }
    rig.socket.open();
    rig.says('session.created');
    expect(rig.sent().map(({ type }) => type)).toEqual(['session.update']);
    rig.says('session.updated', { session: rig.echo() });
    const sent = rig.sent();
    expect(sent).toHaveLength(100);
    expect(sent.map(audioIn)).toEqual(Array.from({ length: 100 }, (_, index) => index + 50));
  });

  test("the caller's audio is held back while the socket is behind, and the oldest goes first", () => {
    const rig = new ModelLegRig().configured();
    rig.socket.bufferedAmount = 64 * 1024 + 1;
    for (let frame = 0; frame < 120; frame++) {
      callerSays(rig, frame);
      rig.clock.advance(FRAME_MS);
    }
    expect(rig.sent()).toEqual([]);
    rig.socket.bufferedAmount = 0;
    callerSays(rig, 120);
    expect(rig.sent().map(audioIn)).toEqual(Array.from({ length: 101 }, (_, index) => index + 20));
  });

  test("the caller's audio is not lost in silence: after ten seconds of it the session is given up", () => {
    const rig = new ModelLegRig().configured();
    rig.socket.bufferedAmount = 1_000_000;
    for (let frame = 0; frame < 602; frame++) callerSays(rig, frame);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected', code: 'MODEL_LOST' }]);
  });

  test("the caller's audio of the time between two sessions goes to the next one", () => {
    const rig = new ModelLegRig().configured();
    callerSays(rig, 1);
    rig.socket.drops();
    callerSays(rig, 2);
    expect(rig.sockets).toHaveLength(2);
    rig.socket.open();
    callerSays(rig, 3);
    rig.says('session.created');
    rig.says('session.updated', { session: rig.echo() });
    callerSays(rig, 4);
    const frames = rig.socket.frames.map((frame) => JSON.parse(frame) as Sent);
    expect(frames.slice(1).map(audioIn)).toEqual([2, 3, 4]);
  });

  test("the caller's audio of a time long past is not answered", () => {
    const rig = new ModelLegRig().configured();
    rig.socket.drops();
    callerSays(rig, 1);
    rig.clock.advance(3_000);
    callerSays(rig, 2);
    rig.configured();
    const frames = rig.socket.frames.map((frame) => JSON.parse(frame) as Sent);
    expect(frames.slice(1).map(audioIn)).toEqual([2]);
  });
});

describe('a far end that fails', () => {
  test.each([
    [401, 'model.refused', 'MODEL_REFUSED'],
    [403, 'model.refused', 'MODEL_REFUSED'],
    [404, 'model.refused', 'MODEL_REFUSED'],
    [429, 'model.disconnected', 'MODEL_UNREACHABLE'],
    [503, 'model.disconnected', 'MODEL_UNREACHABLE'],
  ])('a far end that fails with HTTP %i at the upgrade is told once, as %s', (statusCode, type, code) => {
    const rig = new ModelLegRig();
    rig.socket.emit('unexpected-response', {}, { statusCode, headers: {} });
    expect(errorOf(rig.told())).toMatchObject([{ type, code }]);
    expect(rig.socket.terminated).toBe(true);
    expect(rig.told()).toEqual([]);
  });

  test.each([
    ['2', 2_000],
    ['Thu, 01 Jan 1970 00:16:43 GMT', 3_000],
  ])('a far end that fails and says Retry-After %s is left alone for so long', (header, ms) => {
    const rig = new ModelLegRig();
    rig.socket.emit('unexpected-response', {}, { statusCode: 429, headers: { 'retry-after': header } });
    rig.clock.advance(ms - 1);
    expect(rig.sockets).toHaveLength(1);
    rig.clock.advance(1);
    expect(rig.sockets).toHaveLength(2);
  });

  test('a far end that fails a response for want of quota is not asked again', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'reply' });
    rig.responseBegins('r1', rig.sent()[0]);
    rig.responseEnds('r1', 'failed', { status_details: { error: { code: 'insufficient_quota' } } });
    expect(rig.told().slice(-2)).toMatchObject([
      { type: 'response.finished', outcome: { status: 'failed', reason: 'insufficient_quota' } },
      { type: 'model.refused', error: { code: 'MODEL_REFUSED', cause: 'insufficient_quota' } },
    ]);
  });

  test('a far end that says that the session has expired is followed by the next session', () => {
    const rig = new ModelLegRig().configured();
    rig.error('session_expired');
    expect(rig.told()).toMatchObject([{ type: 'model.disconnected' }]);
    expect(rig.sockets).toHaveLength(2);
  });

  test('a far end that fails before the session is unreachable, and after it is lost', () => {
    const unreachable = new ModelLegRig();
    unreachable.socket.emit('error', new Error('connect ECONNREFUSED'));
    expect(errorOf(unreachable.told())).toMatchObject([
      { type: 'model.disconnected', code: 'MODEL_UNREACHABLE' },
    ]);
    const lost = new ModelLegRig().configured();
    lost.socket.drops(1011);
    expect(errorOf(lost.told())).toEqual([
      {
        type: 'model.disconnected',
        code: 'MODEL_LOST',
        message: 'the model connection was lost during the call: closed with 1011',
      },
    ]);
    lost.stopLeg();
    expect(lost.clock.pending).toBe(0);
  });

  test.each(['invalid_api_key', 'model_not_found', 'beta_api_shape_disabled', 'insufficient_quota'])(
    'a far end that fails with %s during set-up refuses the call',
    (code) => {
      const rig = new ModelLegRig();
      rig.socket.open();
      rig.error(code);
      expect(errorOf(rig.told())).toMatchObject([{ type: 'model.refused', code: 'MODEL_REFUSED' }]);
    },
  );

  test('a far end that refuses the configuration refuses the call, and names the parameter', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.says('session.created');
    const [update] = rig.sent();
    rig.says('error', {
      error: {
        type: 'invalid_request_error',
        code: 'unknown_parameter',
        param: 'session.x',
        event_id: update?.event_id,
      },
    });
    const [, refused] = rig.told();
    expect(refused).toMatchObject({ type: 'model.refused' });
    expect(JSON.stringify(refused)).toContain('unknown_parameter at session.x');
  });

  /** The lines that the leg wrote of it. */
  const refusals = ({ log }: ModelLegRig) =>
    log.filter(({ sentence }) => sentence === 'model refused the session');

  test('a far end that refuses the configuration has one line in the log, with the cause and what to do, and no words of its own', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.says('session.created');
    const [update] = rig.sent();
    rig.says('error', {
      error: {
        ...{ type: 'invalid_request_error', code: 'invalid_value', param: 'session.audio.output.voice' },
        ...{ message: 'my card is 4111, says sk-secret', event_id: update?.event_id },
      },
    });
    expect(refusals(rig)).toEqual([
      {
        level: 'warn',
        fields: {
          code: 'MODEL_REFUSED',
          why: { detail: 'invalid_value at session.audio.output.voice', cause: 'invalid_value' },
          remedy: remedyOf({ code: 'MODEL_REFUSED' }),
        },
        sentence: 'model refused the session',
      },
    ]);
    expect(JSON.stringify(rig.log)).not.toMatch(/4111|sk-secret/);
  });

  test('a far end that refuses a session for want of credit has one line in the log, which says so and what to do', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.error('insufficient_quota');
    rig.error('insufficient_quota');
    expect(refusals(rig).map(({ fields }) => fields)).toEqual([
      {
        code: 'MODEL_REFUSED',
        why: { detail: 'insufficient_quota', cause: 'insufficient_quota' },
        remedy: remedyOf({ code: 'MODEL_REFUSED', cause: 'insufficient_quota' }),
      },
    ]);
  });

  test('a far end that has another format than was asked for has one line in the log, with both and what to do', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.says('session.created');
    rig.says('session.updated', { session: { audio: { output: { format: { type: 'audio/pcma' } } } } });
    expect(refusals(rig).map(({ fields }) => fields)).toEqual([
      {
        code: 'MODEL_FORMAT',
        why: { detail: 'audio/pcma instead of audio/pcmu' },
        remedy: remedyOf({ code: 'MODEL_FORMAT' }),
      },
    ]);
  });

  test('a far end that gives a sentence for a code, a parameter or a format has none of it in records and logs', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.says('session.created');
    const [update] = rig.sent();
    const words = 'my card is 4111';
    rig.says('error', { error: { type: words, code: words, param: words, event_id: update?.event_id } });
    const other = new ModelLegRig();
    other.socket.open();
    other.says('session.created');
    other.says('session.updated', { session: { audio: { output: { format: { type: words } } } } });
    expect(refusals(rig).concat(refusals(other))).toHaveLength(2);
    expect(JSON.stringify([rig.log, rig.told(), other.log, other.told()])).not.toContain('4111');
  });

  test('a far end that refuses one event of a live session has not refused the session, and its log says no such thing', () => {
    const rig = new ModelLegRig().configured();
    rig.error('insufficient_quota');
    expect(refusals(rig)).toEqual([]);
    expect(rig.told()).toEqual([]);
  });

  test('a far end that keeps its voice is configured without one', () => {
    const rig = new ModelLegRig();
    rig.socket.open();
    rig.says('session.created');
    const [update] = rig.sent();
    expect(JSON.stringify(update)).toContain('"voice":"marin"');
    rig.error('cannot_update_voice', update?.event_id);
    const [again] = rig.sent();
    expect(again?.type).toBe('session.update');
    expect(JSON.stringify(again)).not.toContain('voice"');
    rig.says('session.updated', { session: rig.echo() });
    expect(rig.told().at(-1)).toEqual({ type: 'model.configured' });
  });

  test('a far end that sends only an error event goes on', () => {
    const rig = new ModelLegRig().configured();
    for (const code of ['invalid_api_key', 'server_error', 'rate_limit_exceeded']) rig.error(code);
    expect(rig.told()).toEqual([]);
    expect(rig.log.every(({ level }) => level === 'warn')).toBe(true);
  });

  test('a far end that fails to make a response is told as a response that failed', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'reply' });
    const [create] = rig.sent();
    rig.error('rate_limit_exceeded', create?.event_id);
    expect(rig.told()).toMatchObject([
      {
        type: 'response.finished',
        purpose: 'reply',
        outcome: { status: 'failed', reason: 'rate_limit_exceeded' },
      },
    ]);
    rig.order({ type: 'createResponse', purpose: 'reply' });
    expect(rig.sent()).toMatchObject([{ type: 'response.create' }]);
  });

  test('a far end that fails in a response reports the reason', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.responseEnds('r1', 'failed', {
      status_details: {
        type: 'failed',
        error: { type: 'server_error', code: 'inference_rate_limit_exceeded' },
      },
    });
    expect(rig.told().at(-1)).toMatchObject({
      type: 'response.finished',
      outcome: { status: 'failed', reason: 'inference_rate_limit_exceeded', hadAudio: false },
    });
  });

  test('a far end that sends invalid messages is skipped without quoting them in the log, and given up after 20 in 10 s', () => {
    const rig = new ModelLegRig().configured();
    for (let frame = 0; frame < 19; frame++) rig.socket.says('{"type":"response.done","secret":"my words"');
    rig.clock.advance(11_000);
    rig.socket.saysBinary(Buffer.from('secret words'));
    rig.socket.says('{"type":"response.done","response":{"secret words":1}}');
    rig.says('input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms: 0 });
    expect(rig.told()).toEqual([{ type: 'caller.startedSpeaking', itemId: 'u1' }]);
    for (let frame = 0; frame < 18; frame++) rig.socket.says('[]');
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected', code: 'MODEL_LOST' }]);
    expect(rig.log.length).toBeGreaterThan(30);
    expect(JSON.stringify(rig.log)).not.toMatch(/secret|words/);
  });

  test('a far end that answers nothing while a response is owed is lost after 8 s', () => {
    const rig = new ModelLegRig().configured();
    rig.clock.advance(60_000);
    expect(rig.told()).toEqual([]);
    rig.order({ type: 'createResponse', purpose: 'reply' });
    rig.clock.advance(7000);
    rig.responseBegins('r1');
    rig.told();
    rig.clock.advance(7000);
    expect(rig.told()).toEqual([]);
    rig.clock.advance(2000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected', code: 'MODEL_LOST' }]);
    expect(rig.sockets[0]?.terminated).toBe(true);
  });

  test('a far end that fails to reply to a turn by itself is lost as well, and a silence that owes nothing is not', () => {
    const rig = new ModelLegRig().configured();
    rig.says('input_audio_buffer.committed', { item_id: 'u1' });
    rig.clock.advance(20_000);
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('input_audio_buffer.committed', { item_id: 'u2' });
    rig.told();
    rig.clock.advance(9000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected' }]);
  });

  test('a far end that fails to answer pings, and never did, keeps its call until it owes a response', () => {
    const rig = new ModelLegRig().configured();
    rig.socket.answersPings = false;
    rig.clock.advance(60_000);
    expect(rig.told()).toEqual([]);
    expect(rig.socket.pings).toBe(6);
    rig.order({ type: 'createResponse', purpose: 'reply' });
    rig.clock.advance(9000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected', code: 'MODEL_LOST' }]);
    expect(rig.sockets[0]?.terminated).toBe(true);
  });

  test('a far end that fails to answer a ping, and did before, is lost five seconds after it', () => {
    const rig = new ModelLegRig().configured();
    rig.clock.advance(1000);
    rig.socket.answersPings = false;
    rig.clock.advance(10_000);
    expect(rig.socket.pings).toBe(2);
    rig.clock.advance(4000);
    expect(rig.told()).toEqual([]);
    rig.clock.advance(1000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.disconnected', code: 'MODEL_LOST' }]);
  });

  test('a far end that does not answer a ping is noticed within 15 s of a silence, whenever in a session it begins', () => {
    for (let aliveMs = 1000; aliveMs < 25_000; aliveMs += 500) {
      const rig = new ModelLegRig().configured();
      rig.clock.advance(aliveMs);
      expect(rig.told()).toEqual([]);
      rig.socket.answersPings = false;
      rig.clock.advance(15_000);
      expect(errorOf(rig.told())[0]).toMatchObject({ type: 'model.disconnected' });
    }
  });

  test('a far end that fails to answer pings is forgiven while it speaks, and pings go out every ten seconds', () => {
    const rig = new ModelLegRig().configured();
    rig.socket.answersPings = false;
    for (let second = 0; second < 61; second++) {
      rig.clock.advance(500);
      rig.says('rate_limits.updated', {});
      rig.clock.advance(500);
    }
    expect(rig.told()).toEqual([]);
    expect(rig.socket.pings).toBe(7);
  });
});

describe('the end of a leg', () => {
  test('the end of a leg closes the session in good order, tells nobody, and leaves no timer behind', () => {
    const rig = new ModelLegRig().configured();
    rig.stopLeg();
    expect(rig.socket.closedWith).toBe(1000);
    expect(rig.told()).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  test('the end of a leg does not wait long for a far end that will not close', () => {
    const rig = new ModelLegRig().configured();
    rig.socket.answersClose = false;
    rig.order({ type: 'close' });
    rig.clock.advance(249);
    expect(rig.socket.terminated).toBe(false);
    rig.clock.advance(1);
    expect(rig.socket.terminated).toBe(true);
    expect(rig.told()).toEqual([]);
  });

  test('the end of a leg tells the phone that no more comes of what was being said', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.delta('r1', 'i1', 400);
    rig.socket.drops();
    expect(rig.heardByPhone()).toEqual(['audio r1/i1 400', 'end r1/i1', 'done r1']);
  });
});

describe('responses', () => {
  test('responses that were cancelled before they began are cancelled when they begin, and never told', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'greeting' });
    const [create] = rig.sent();
    rig.order({ type: 'cancelResponse' });
    expect(rig.sent()).toEqual([]);
    rig.responseBegins('r1', create);
    expect(rig.sent()).toEqual([{ type: 'response.cancel', response_id: 'r1' }]);
    rig.delta('r1', 'i1', 100);
    rig.responseEnds('r1', 'cancelled');
    expect(rig.told()).toEqual([]);
    expect(rig.heardByPhone()).toEqual([]);
  });

  test('responses are told once, whatever comes twice', () => {
    const rig = new ModelLegRig().configured();
    for (let time = 0; time < 2; time++) rig.responseBegins('r1');
    for (let time = 0; time < 2; time++) {
      rig.itemDone('r1', {
        id: 'f1',
        type: 'function_call',
        name: 'book_appointment',
        call_id: 'c1',
        arguments: '{}',
        status: 'completed',
      });
    }
    for (let time = 0; time < 2; time++) rig.responseEnds('r1');
    for (let time = 0; time < 2; time++) {
      rig.says('input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms: 100 });
      rig.says('input_audio_buffer.committed', { item_id: 'u1' });
      rig.says('conversation.item.input_audio_transcription.failed', { item_id: 'u1', error: {} });
    }
    expect(rig.told().map(({ type }) => type)).toEqual([
      'response.started',
      'tool.requested',
      'response.finished',
      'caller.startedSpeaking',
      'caller.committed',
      'caller.unclear',
    ]);
  });

  test('responses of a far end that tells no items by themselves still call tools', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    const call = {
      id: 'f1',
      type: 'function_call',
      name: 'book_appointment',
      call_id: 'c1',
      arguments: '{}',
    };
    rig.responseEnds('r1', 'completed', { output: [call] });
    expect(rig.told().map(({ type }) => type)).toEqual([
      'response.started',
      'tool.requested',
      'response.finished',
    ]);
  });

  test('responses beside the conversation are never cut out of it', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'filler' });
    const [create] = rig.sent();
    expect(create).toMatchObject({
      response: { conversation: 'none', input: [], tools: [], tool_choice: 'none' },
    });
    rig.responseBegins('r9', create);
    rig.words('r9', 'i9', 'One moment, please.');
    rig.delta('r9', 'i9', 900);
    rig.order({ type: 'cancelResponse' });
    rig.told();
    rig.order({ type: 'settleItems', heard: [heard('r9', 'i9', 450, 900)] });
    expect(rig.sent()).toEqual([{ type: 'response.cancel', response_id: 'r9' }]);
    expect(rig.told()).toMatchObject([{ type: 'agent.said', text: 'One', interrupted: true }]);
  });

  test('speech that stops without having started has a length of 0', () => {
    const rig = new ModelLegRig().configured();
    rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms: 900 });
    expect(rig.told()).toMatchObject([{ type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 0 }]);
  });

  test('responses are answered also by a far end that did not know yet that it may', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('input_audio_buffer.committed', { item_id: 'u1' });
    rig.says('session.updated', { session: rig.echo() });
    rig.says('input_audio_buffer.committed', { item_id: 'u2' });
    const asked = rig.sent().filter(({ type }) => type === 'response.create');
    expect(asked).toMatchObject([{ response: { metadata: { purpose: 'reply' } } }]);
    // It did know: the request comes too late, and is not made again.
    rig.responseBegins('r1');
    rig.error('conversation_already_has_active_response', asked[0]?.event_id);
    rig.responseEnds('r1');
    expect(rig.sent()).toEqual([]);
  });

  test('responses are answered also when something else was being said as they ended', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('session.updated', { session: rig.echo() });
    rig.order({ type: 'createResponse', purpose: 'idlePrompt' });
    rig.order({ type: 'cancelResponse' });
    rig.responseBegins('r1', rig.sent().at(-1));
    rig.says('input_audio_buffer.committed', { item_id: 'u1' });
    expect(rig.sent()).toMatchObject([{ type: 'response.cancel', response_id: 'r1' }]);
    rig.responseEnds('r1', 'cancelled');
    expect(rig.sent()).toMatchObject([
      { type: 'response.create', response: { metadata: { purpose: 'reply' } } },
    ]);
  });

  test('responses end a turn of the caller by order', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'commitTurn' });
    expect(rig.sent()).toMatchObject([{ type: 'input_audio_buffer.commit' }]);
    rig.says('input_audio_buffer.committed', { item_id: 'u1' });
    expect(rig.told()).toEqual([{ type: 'caller.committed', itemId: 'u1' }]);
  });
});

describe('a session that follows another', () => {
  /** What each item is, and its words or its tool. */
  const inWords = (sent: readonly { type: string; item?: unknown }[]) =>
    sent.map(({ type, item }) => {
      if (type !== 'conversation.item.create') return type;
      const { role, content, name, output } = item as Record<string, unknown>;
      const [part] = (content ?? []) as { text: string }[];
      return part === undefined ? String(name ?? output) : `${String(role)}: ${part.text}`;
    });
  const speaks = (rig: ModelLegRig, itemId: string, text: string) => {
    rig.says('input_audio_buffer.speech_started', { item_id: itemId, audio_start_ms: 0 });
    rig.says('input_audio_buffer.speech_stopped', { item_id: itemId, audio_end_ms: 2000 });
    rig.says('input_audio_buffer.committed', { item_id: itemId });
    rig.says('conversation.item.input_audio_transcription.completed', {
      item_id: itemId,
      content_index: 0,
      transcript: text,
    });
  };
  const answers = (rig: ModelLegRig, id: string, text: string) => {
    rig.responseBegins(`r_${id}`);
    rig.words(`r_${id}`, id, text);
    rig.delta(`r_${id}`, id, 1000);
    rig.responseEnds(`r_${id}`);
  };
  const calls = (rig: ModelLegRig, id: string) => {
    rig.responseBegins(`r_${id}`);
    rig.itemDone(`r_${id}`, {
      ...{ id: `f_${id}`, type: 'function_call', name: 'book_appointment', call_id: id },
      ...{ arguments: '{"day":"monday"}', status: 'completed' },
    });
    rig.responseEnds(`r_${id}`);
  };

  test('a session that follows another is told the conversation as it was heard, in order, with tools and their outputs', () => {
    const rig = new ModelLegRig().configured();
    answers(rig, 'i1', 'Hi, this is Acme.');
    rig.order({ type: 'settleItems', heard: [heard('r_i1', 'i1', 1000, 1000, true)] });
    speaks(rig, 't1', 'A table for two.');
    calls(rig, 'c1');
    rig.order({ type: 'answerTool', toolCallId: 'c1', output: '{"booked":true}' });
    answers(rig, 'i2', 'You are booked for Monday.');
    rig.order({ type: 'settleItems', heard: [heard('r_i2', 'i2', 500, 1000)] });
    rig.order({ type: 'addMessage', role: 'user', text: '[keypad] 12' });

    expect(inWords(rig.replaced())).toEqual([
      'assistant: Hi, this is Acme.',
      'user: A table for two.',
      'book_appointment',
      '{"booked":true}',
      'assistant: You are',
      'user: [keypad] 12',
    ]);
    expect(
      rig
        .told()
        .map(({ type }) => type)
        .slice(-3),
    ).toEqual(['model.disconnected', 'model.opened', 'model.configured']);
  });

  test('a session that follows another waits for a tool that is still at work, and answers it', () => {
    const rig = new ModelLegRig().configured();
    calls(rig, 'c1');
    expect(inWords(rig.replaced())).toEqual(['book_appointment']);
    rig.order({ type: 'createResponse', purpose: 'toolAnswer' });
    expect(rig.sent()).toEqual([]);
    rig.order({ type: 'answerTool', toolCallId: 'c1', output: '{"booked":true}' });
    expect(inWords(rig.sent())).toEqual(['{"booked":true}', 'response.create']);
  });

  test('a session that follows another is asked once for a response of which nothing was heard', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'say', text: 'We close soon.' });
    const [asked] = rig.sent();
    rig.responseBegins('r1', asked);
    const first = rig.replaced();
    expect(inWords(first)).toEqual(['response.create']);
    expect(JSON.stringify(first)).toContain('We close soon.');
    expect(rig.told().filter(({ type }) => type === 'response.finished')).toEqual([]);
  });

  test('a session that follows another is asked for the reply that the last one was about to begin by itself', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('session.updated', { session: rig.echo() });
    speaks(rig, 't1', 'Are you open?');
    expect(inWords(rig.replaced())).toEqual(['user: Are you open?', 'response.create']);
  });

  test('a response that was heard in part has failed when its session is lost, and the next one knows where it broke off', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.words('r1', 'i1', 'We open at nine.');
    rig.delta('r1', 'i1', 1000);
    const sent = inWords(rig.replaced());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('in the middle of your sentence');
    expect(rig.told()).toContainEqual({
      type: 'response.finished',
      responseId: 'r1',
      purpose: 'reply',
      outcome: { status: 'failed', reason: 'session_lost', hadAudio: true, audioMs: 1000, toolCalls: 0 },
    });
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 500, 1000)] });
    expect(inWords(rig.sent())).toEqual(['assistant: We open']);
    expect(rig.told()).toMatchObject([{ type: 'agent.said', text: 'We open', interrupted: true }]);
  });

  test('a response whose audio had come in full is complete when its session is lost', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.delta('r1', 'i1', 1000);
    rig.itemDone('r1', { id: 'i1', type: 'message', status: 'completed' });
    expect(rig.replaced()).toEqual([]);
    expect(rig.told()).toMatchObject([
      { type: 'response.started' },
      { type: 'agent.startedItem' },
      { type: 'response.finished', outcome: { status: 'completed', audioMs: 1000 } },
      { type: 'model.disconnected' },
      { type: 'model.opened' },
      { type: 'model.configured' },
    ]);
  });

  test('words of the caller that were on their way are unclear when their session is lost, and the agent is told', () => {
    const rig = new ModelLegRig().configured();
    rig.says('input_audio_buffer.speech_started', { item_id: 't1', audio_start_ms: 0 });
    rig.says('input_audio_buffer.committed', { item_id: 't1' });
    const sent = inWords(rig.replaced());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('you missed some of what the caller said');
    expect(rig.told()).toContainEqual({ type: 'caller.unclear', itemId: 't1' });
  });

  test('a session that follows another has the tools and the right to reply of the moment in which it begins, told once', () => {
    const rig = new ModelLegRig().configured();
    rig.socket.drops();
    rig.socket.open();
    rig.says('session.created', { session: {} });
    expect(rig.sent()).toMatchObject([{ session: { tools: [{ name: 'book_appointment' }] } }]);
    rig.order({ type: 'keepTools', names: [] });
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('session.updated', { session: rig.echo() });
    expect(rig.sent()).toMatchObject([
      {
        type: 'session.update',
        session: { audio: { input: { turn_detection: { create_response: true } } } },
      },
      { type: 'session.update', session: { tools: [] } },
    ]);
    rig.order({ type: 'keepTools', names: [] });
    expect(rig.sent()).toEqual([]);
  });

  test('turns that the far end does not name have other names in each session', () => {
    const rig = new ModelLegRig({ dialect: 'beta' }).configured();
    rig.says('input_audio_buffer.speech_started');
    rig.replaced();
    rig.says('input_audio_buffer.speech_started');
    const names = rig.told().flatMap((fact) => (fact.type === 'caller.startedSpeaking' ? [fact.itemId] : []));
    expect(new Set(names).size).toBe(2);
  });
});

describe('a session of PCM16', () => {
  test('a session of PCM16 is spoken to and heard at 24 kHz, while the line stays mu-law', () => {
    const rig = new ModelLegRig({ profile: { audio: 'pcm16' } }).configured();
    callerSays(rig, 0x20);
    const [append] = rig.sent();
    expect(Buffer.from(String(append?.audio), 'base64')).toHaveLength(FRAME_MS * 48);

    rig.responseBegins('r1');
    const tone = Buffer.alloc(200 * 48);
    for (let at = 0; at < tone.length / 2; at++) {
      tone.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * at) / 24_000)), at * 2);
    }
    // Cut between the two bytes of a sample.
    rig.delta('r1', 'i1', 0, tone.subarray(0, 4801).toString('base64'));
    rig.delta('r1', 'i1', 0, tone.subarray(4801).toString('base64'));
    rig.responseEnds('r1');
    const played = Buffer.concat(rig.played);
    expect(played).toHaveLength(200 * 8);
    expect(new Set(played).size).toBeGreaterThan(20);
  });
});

describe.each(['ga', 'beta'] as const)('a session of A-law, by the dialect %s', (dialect) => {
  test('a session of A-law is spoken to and heard in A-law, byte for byte, while the line stays mu-law', () => {
    const rig = new ModelLegRig({ dialect, profile: { audio: 'pcma' } });
    rig.socket.open();
    rig.says('session.created', { session: {} });
    const asked = rig.sent().find(({ type }) => type === 'session.update')?.session;
    expect(asked).toMatchObject(dialect === 'ga' ? rig.echo() : { output_audio_format: 'g711_alaw' });
    rig.says('session.updated', { session: rig.echo() });
    expect(rig.told().map(({ type }) => type)).toContain('model.configured');

    callerSays(rig, 0x20);
    const [append] = rig.sent();
    const [code = 0] = encodeALaw(decodeMuLaw(Uint8Array.of(0x20)));
    expect(Buffer.from(String(append?.audio), 'base64')).toEqual(Buffer.alloc(FRAME_MS * 8, code));

    rig.responseBegins('r1');
    rig.delta('r1', 'i1', 0, Buffer.alloc(1600, 0xaa).toString('base64'));
    rig.responseEnds('r1');
    expect(Buffer.concat(rig.played)).toEqual(Buffer.alloc(1600, encodeMuLaw(Int16Array.of(32_256))[0]));
  });
});
