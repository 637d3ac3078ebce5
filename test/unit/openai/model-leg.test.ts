import { describe, expect, test } from 'vitest';
import { encodeALaw } from '../../../src/media/a-law.ts';
import { decodeMuLaw, encodeMuLaw } from '../../../src/media/g711.ts';
import type { ModelFact } from '../../../src/machines/call/call.events.ts';
import { CallMemory } from '../../../src/services/openai/memory/call-memory.ts';
import { audioOf, heard, ModelLegRig, type Sent } from '../../support/model-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

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
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_LOST' }]);
  });

  test("the caller's audio of the time between two sessions goes to the next one", () => {
    const rig = new ModelLegRig().configured();
    callerSays(rig, 1);
    rig.socket.drops();
    callerSays(rig, 2);
    rig.stopLeg();
    callerSays(rig, 3);
    rig.startLeg();
    callerSays(rig, 4);
    expect(rig.sockets).toHaveLength(2);
    rig.socket.open();
    rig.says('session.created');
    rig.says('session.updated', { session: rig.echo() });
    const frames = rig.socket.frames.map((frame) => JSON.parse(frame) as Sent);
    expect(frames.slice(1).map(audioIn)).toEqual([2, 3, 4]);
  });

  test("the caller's audio of a time long past is not answered", () => {
    const rig = new ModelLegRig().configured();
    rig.stopLeg();
    callerSays(rig, 1);
    rig.clock.advance(30_000);
    rig.startLeg();
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
    [429, 'model.lost', 'MODEL_UNREACHABLE'],
    [503, 'model.lost', 'MODEL_UNREACHABLE'],
  ])('a far end that fails with HTTP %i at the upgrade is told once, as %s', (statusCode, type, code) => {
    const rig = new ModelLegRig();
    rig.socket.emit('unexpected-response', {}, { statusCode });
    expect(errorOf(rig.told())).toMatchObject([{ type, code }]);
    expect(rig.socket.terminated).toBe(true);
    expect(rig.told()).toEqual([]);
  });

  test('a far end that fails before the session is unreachable, and after it is lost', () => {
    const unreachable = new ModelLegRig();
    unreachable.socket.emit('error', new Error('connect ECONNREFUSED'));
    expect(errorOf(unreachable.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_UNREACHABLE' }]);
    const lost = new ModelLegRig().configured();
    lost.socket.drops(1011);
    expect(errorOf(lost.told())).toEqual([
      {
        type: 'model.lost',
        code: 'MODEL_LOST',
        message: 'the model connection was lost during the call: closed with 1011',
      },
    ]);
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
    for (const code of ['invalid_api_key', 'server_error', 'session_expired', 'rate_limit_exceeded'])
      rig.error(code);
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
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_LOST' }]);
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
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_LOST' }]);
    expect(rig.socket.terminated).toBe(true);
  });

  test('a far end that fails to reply to a turn by itself is lost as well, and a silence that owes nothing is not', () => {
    const rig = new ModelLegRig().configured();
    rig.says('input_audio_buffer.committed', { item_id: 'u1' });
    rig.clock.advance(20_000);
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('input_audio_buffer.committed', { item_id: 'u2' });
    rig.told();
    rig.clock.advance(9000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost' }]);
  });

  test('a far end that fails to answer pings, and never did, keeps its call until it owes a response', () => {
    const rig = new ModelLegRig().configured();
    rig.socket.answersPings = false;
    rig.clock.advance(60_000);
    expect(rig.told()).toEqual([]);
    expect(rig.socket.pings).toBe(6);
    rig.order({ type: 'createResponse', purpose: 'reply' });
    rig.clock.advance(9000);
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_LOST' }]);
    expect(rig.socket.terminated).toBe(true);
    expect(rig.clock.pending).toBe(0);
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
    expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost', code: 'MODEL_LOST' }]);
  });

  test('a far end that does not answer a ping is noticed within 15 s of a silence, whenever in a session it begins', () => {
    for (let aliveMs = 1000; aliveMs < 25_000; aliveMs += 500) {
      const rig = new ModelLegRig().configured();
      rig.clock.advance(aliveMs);
      expect(rig.told()).toEqual([]);
      rig.socket.answersPings = false;
      rig.clock.advance(15_000);
      expect(errorOf(rig.told())).toMatchObject([{ type: 'model.lost' }]);
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
  const clock = () => new VirtualClock(5000);

  test('a session that follows another still tells what was heard of the last one, and cuts nothing that it does not know', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.words('r1', 'i1', 'We open at nine.');
    rig.delta('r1', 'i1', 1000);
    rig.socket.drops();
    rig.stopLeg();
    rig.startLeg();
    rig.configured();
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 500, 1000)] });
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 500, 1000)] });
    expect(rig.sent()).toEqual([]);
    expect(rig.told()).toEqual([
      {
        type: 'agent.said',
        itemId: 'i1',
        text: 'We open',
        unheard: 'at nine.',
        interrupted: true,
        heardMs: 500,
      },
    ]);
  });

  test('a session that follows another is given the call together with the output of a tool that the last one had called', () => {
    const time = clock();
    const memory = new CallMemory(time);
    const before = new ModelLegRig({ clock: time, memory }).configured();
    before.responseBegins('r1');
    before.itemDone('r1', {
      id: 'f1',
      type: 'function_call',
      name: 'book_appointment',
      call_id: 'c1',
      arguments: '{"day":"monday"}',
      status: 'completed',
    });
    const after = new ModelLegRig({ clock: time, memory }).configured();
    after.order({ type: 'answerTool', toolCallId: 'c1', output: '{"booked":true}' });
    after.order({ type: 'createResponse', purpose: 'toolAnswer' });
    expect(after.sent()).toMatchObject([
      {
        item: {
          type: 'function_call',
          call_id: 'c1',
          name: 'book_appointment',
          arguments: '{"day":"monday"}',
        },
      },
      { item: { type: 'function_call_output', call_id: 'c1', output: '{"booked":true}' } },
      { type: 'response.create' },
    ]);
  });

  test('a session that follows another is told the output as a message when nobody remembers the call', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'answerTool', toolCallId: 'gone', output: '{"booked":true}' });
    expect(rig.sent()).toMatchObject([{ item: { type: 'message', role: 'system' } }]);
  });

  test('a session that follows another takes its history as messages', () => {
    const rig = new ModelLegRig().configured();
    for (const role of ['user', 'assistant', 'system'] as const)
      rig.order({ type: 'addMessage', role, text: role });
    expect(rig.sent()).toMatchObject([
      { item: { role: 'user', content: [{ type: 'input_text', text: 'user' }] } },
      { item: { role: 'assistant', content: [{ type: 'output_text', text: 'assistant' }] } },
      { item: { role: 'system', content: [{ type: 'input_text', text: 'system' }] } },
    ]);
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
