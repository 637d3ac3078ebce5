import { describe, expect, test } from 'vitest';
import { audioOf, heard, ModelLegRig, type Sent } from '../../support/model-leg.ts';

const FRAME_MS = 20;
const MINUTE_MS = 60_000;

/** One frame of the caller, numbered by its bytes. */
function callerSays(rig: ModelLegRig, number: number): void {
  const text = Buffer.from(audioOf(FRAME_MS, number));
  rig.line.callerAudio(text, 0, text.length);
  rig.clock.advance(FRAME_MS);
}

/** The numbers of the frames that a socket was sent, in order. */
const framesOf = (rig: ModelLegRig, at: number) =>
  (rig.sockets[at]?.frames ?? [])
    .map((frame) => JSON.parse(frame) as Sent)
    .flatMap((event) =>
      event.type === 'input_audio_buffer.append' ? [Buffer.from(event.audio, 'base64')[0]] : [],
    );

/** The far end of the newest socket makes its session, and confirms what is asked of it. */
function getsReady(rig: ModelLegRig): void {
  rig.at = -1;
  rig.socket.open();
  rig.says('session.created', { session: {} });
  rig.says('session.updated', { session: rig.echo() });
}

/** A session that is near its limit, with the next one ready beside it; the test is the far end of the first. */
function rotating(rig = new ModelLegRig()): ModelLegRig {
  rig.configured();
  rig.clock.advance(50 * MINUTE_MS);
  getsReady(rig);
  rig.told();
  rig.at = 0;
  return rig;
}

const rotations = (rig: ModelLegRig) => rig.told().filter(({ type }) => type === 'model.rotated').length;

describe('a session that nears its limit', () => {
  test('a session that nears its limit is followed in a quiet moment: the call hears of that, and of nothing else', () => {
    const rig = new ModelLegRig().configured();
    rig.clock.advance(50 * MINUTE_MS - 1);
    expect(rig.sockets).toHaveLength(1);
    rig.clock.advance(1);
    expect(rig.sockets).toHaveLength(2);
    getsReady(rig);
    expect(rig.told()).toEqual([]);
    expect(rig.sockets[0]?.closedWith).toBeUndefined();
    rig.clock.advance(1_000);
    expect(rig.told()).toEqual([{ type: 'model.rotated' }]);
    expect(rig.sockets[0]?.closedWith).toBe(1000);
    expect(rig.sockets[1]?.readyState).toBe(1);
    rig.clock.advance(50 * MINUTE_MS);
    expect(rig.sockets).toHaveLength(3);
  });

  test('a session that nears its limit hears every frame until the next one does, and that one hears half a second before it, too', () => {
    const rig = new ModelLegRig().configured();
    rig.clock.advance(50 * MINUTE_MS - 200);
    const spoken = Array.from({ length: 100 }, (_, number) => number + 1);
    for (const number of spoken) {
      if (number === 20) getsReady(rig);
      callerSays(rig, number);
    }
    expect(rotations(rig)).toBe(1);
    const first = framesOf(rig, 0);
    const second = framesOf(rig, 1);
    expect(first).toEqual(spoken.slice(0, first.length));
    expect(second).toEqual(spoken.slice(-second.length));
    expect(first.length + second.length).toBe(spoken.length + 25);
  });

  test('a session that nears its limit with a socket that is behind leaves what it was not sent to the next one, in order', () => {
    const rig = rotating();
    for (let number = 1; number <= 10; number++) callerSays(rig, number);
    rig.socket.bufferedAmount = 1_000_000;
    for (let number = 11; number <= 30; number++) callerSays(rig, number);
    expect(rotations(rig)).toBe(1);
    callerSays(rig, 31);
    expect(framesOf(rig, 0)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(framesOf(rig, 1)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
  });

  test.each([
    ['says nothing of it', undefined, 50 * MINUTE_MS],
    ['will end it in 40 minutes', 40 * MINUTE_MS, 30 * MINUTE_MS],
    ['will end it in 12 minutes', 12 * MINUTE_MS, 6 * MINUTE_MS],
    ['claims a day for it', 24 * 60 * MINUTE_MS, 50 * MINUTE_MS],
    ['claims to have ended it', -MINUTE_MS, 50 * MINUTE_MS],
  ])('a session whose far end %s is followed in time', (_what, expiresInMs, agesInMs) => {
    const rig = new ModelLegRig();
    rig.socket.open();
    const expires_at = expiresInMs === undefined ? undefined : (rig.clock.now() + expiresInMs) / 1000;
    rig.says('session.created', { session: { expires_at } });
    rig.says('session.updated', { session: rig.echo() });
    rig.clock.advance(agesInMs - 1);
    expect(rig.sockets).toHaveLength(1);
    rig.clock.advance(1);
    expect(rig.sockets).toHaveLength(2);
  });

  test('a session of the beta dialect has half an hour, and is followed ten minutes before', () => {
    const rig = new ModelLegRig({ dialect: 'beta' }).configured();
    rig.says('input_audio_buffer.speech_started');
    rig.says('input_audio_buffer.committed');
    rig.says('conversation.item.input_audio_transcription.completed', { transcript: 'Yes.' });
    rig.clock.advance(20 * MINUTE_MS);
    getsReady(rig);
    rig.clock.advance(1_000);
    rig.says('input_audio_buffer.speech_started');
    const names = rig.told().flatMap((fact) => (fact.type === 'caller.startedSpeaking' ? [fact.itemId] : []));
    // A turn that the far end does not name has another name in each session.
    expect(new Set(names).size).toBe(2);
  });

  test('a session that has waited for its turn is as old as its socket', () => {
    const rig = rotating();
    rig.says('input_audio_buffer.speech_started', { item_id: 't1', audio_start_ms: 0 });
    rig.clock.advance(5 * MINUTE_MS);
    expect(rotations(rig)).toBe(0);
    rig.says('input_audio_buffer.committed', { item_id: 't1' });
    rig.says('conversation.item.input_audio_transcription.completed', { item_id: 't1', transcript: 'Yes.' });
    rig.clock.advance(1_000);
    expect(rotations(rig)).toBe(1);
    rig.clock.advance(45 * MINUTE_MS - 1_001);
    expect(rig.sockets).toHaveLength(2);
    rig.clock.advance(1);
    expect(rig.sockets).toHaveLength(3);
  });
});

describe('a moment that is not quiet', () => {
  const speaks = (rig: ModelLegRig) => {
    rig.says('input_audio_buffer.speech_started', { item_id: 't1', audio_start_ms: 0 });
  };
  const falls = (rig: ModelLegRig) => {
    rig.says('input_audio_buffer.speech_stopped', { item_id: 't1', audio_end_ms: 2000 });
    rig.says('input_audio_buffer.committed', { item_id: 't1' });
  };
  const isWritten = (rig: ModelLegRig) => {
    rig.says('conversation.item.input_audio_transcription.completed', { item_id: 't1', transcript: 'Yes.' });
  };
  const answers = (rig: ModelLegRig) => {
    rig.responseBegins('r1');
    rig.responseEnds('r1');
  };
  const mayReply = (rig: ModelLegRig) => {
    rig.order({ type: 'allowReplies', allowed: true });
    rig.says('session.updated', { session: rig.echo() });
  };
  const callsTool = (rig: ModelLegRig) => {
    rig.responseBegins('r1');
    rig.itemDone('r1', {
      ...{ id: 'f1', type: 'function_call', name: 'book_appointment', call_id: 'c1' },
      ...{ arguments: '{}', status: 'completed' },
    });
    rig.responseEnds('r1');
  };
  const says = (rig: ModelLegRig) => {
    rig.responseBegins('r1');
    rig.delta('r1', 'i1', 1000);
    rig.responseEnds('r1');
  };

  test.each<[string, (rig: ModelLegRig) => void, (rig: ModelLegRig) => void]>([
    [
      'the caller speaks',
      speaks,
      (rig) => {
        falls(rig);
        isWritten(rig);
      },
    ],
    [
      'the far end is about to reply by itself',
      (rig) => {
        mayReply(rig);
        speaks(rig);
        falls(rig);
        isWritten(rig);
      },
      answers,
    ],
    [
      'a response was asked for',
      (rig) => {
        rig.order({ type: 'createResponse', purpose: 'reply' });
      },
      (rig) => {
        rig.responseBegins('r1', rig.sent().at(-1));
        rig.responseEnds('r1');
      },
    ],
    [
      'a response is being generated',
      (rig) => {
        rig.responseBegins('r1');
      },
      (rig) => {
        rig.responseEnds('r1');
      },
    ],
    [
      'the agent is being heard',
      says,
      (rig) => {
        rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 1000, 1000, true)] });
      },
    ],
    [
      'a tool is at work',
      callsTool,
      (rig) => {
        rig.order({ type: 'answerTool', toolCallId: 'c1', output: '{}' });
      },
    ],
  ])('a moment in which %s is not quiet, and the one after it is', (_what, begins, ends) => {
    const rig = rotating();
    rig.clock.advance(300);
    begins(rig);
    rig.clock.advance(2_500);
    expect(rotations(rig)).toBe(0);
    ends(rig);
    rig.clock.advance(400);
    expect(rotations(rig)).toBe(0);
    rig.clock.advance(300);
    expect(rotations(rig)).toBe(1);
  });

  test('a moment in which somebody begins to speak before half a second of quiet is over is not quiet', () => {
    const rig = rotating();
    rig.clock.advance(450);
    speaks(rig);
    rig.clock.advance(10_000);
    expect(rotations(rig)).toBe(0);
  });

  test('words of the caller that are on their way are waited for, and known to the session that follows', () => {
    const rig = rotating();
    speaks(rig);
    falls(rig);
    rig.clock.advance(2_500);
    expect(rotations(rig)).toBe(0);
    isWritten(rig);
    rig.clock.advance(100);
    expect(rotations(rig)).toBe(1);
    expect(JSON.stringify(rig.sockets[1]?.frames.at(-1))).toContain('Yes.');
  });

  test('words that have not come after three seconds of quiet are told to be unclear, and waited for no longer', () => {
    const rig = rotating();
    speaks(rig);
    falls(rig);
    rig.told();
    rig.clock.advance(3_000);
    expect(rig.told()).toEqual([]);
    rig.clock.advance(200);
    expect(rig.told()).toEqual([{ type: 'model.rotated' }, { type: 'caller.unclear', itemId: 't1' }]);
  });
});

describe('two sessions side by side', () => {
  test('two sessions side by side are told apart: the one that is to follow tells nothing of a conversation', () => {
    const rig = rotating();
    rig.at = 1;
    rig.says('input_audio_buffer.speech_started', { item_id: 'x', audio_start_ms: 0 });
    rig.says('input_audio_buffer.committed', { item_id: 'x' });
    rig.responseBegins('rx');
    rig.responseEnds('rx');
    expect(rig.told()).toEqual([]);
  });

  test('two sessions side by side have each the memory of what it has said', () => {
    const rig = new ModelLegRig().configured();
    rig.clock.advance(50 * MINUTE_MS - 1_000);
    rig.responseBegins('r1');
    rig.words('r1', 'i1', 'We open at nine.');
    rig.delta('r1', 'i1', 1000);
    rig.responseEnds('r1');
    rig.sent();
    rig.clock.advance(1_000);
    getsReady(rig);
    rig.at = 0;
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 500, 1000)] });
    expect(rig.sent()).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'i1', audio_end_ms: 500 },
    ]);
    rig.clock.advance(1_000);
    rig.at = 1;
    expect(rig.sent()).toMatchObject([
      { type: 'session.update' },
      { type: 'conversation.item.create', item: { role: 'assistant', content: [{ text: 'We open' }] } },
    ]);
    rig.responseBegins('r2');
    rig.delta('r2', 'i2', 1000);
    rig.responseEnds('r2');
    rig.order({ type: 'settleItems', heard: [heard('r2', 'i2', 300, 1000)] });
    expect(rig.sent()).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'i2', audio_end_ms: 300 },
    ]);
  });

  test('two sessions side by side: when the first is lost, the second has taken over by the next frame, and hears nothing twice', () => {
    const rig = rotating();
    for (let number = 1; number <= 10; number++) callerSays(rig, number);
    rig.says('input_audio_buffer.speech_started', { item_id: 't1', audio_start_ms: 0 });
    rig.socket.drops();
    callerSays(rig, 11);
    expect(framesOf(rig, 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(framesOf(rig, 1)).toEqual([11]);
    expect(rig.told().map(({ type }) => type)).toEqual([
      'caller.startedSpeaking',
      'model.disconnected',
      'model.opened',
      'model.configured',
    ]);
    expect(JSON.stringify(rig.sockets[1]?.frames)).toContain('you missed some of what the caller said');
  });

  test.each([
    [
      'is refused',
      (rig: ModelLegRig) => {
        rig.socket.emit('unexpected-response', {}, { statusCode: 401, headers: {} });
      },
    ],
    [
      'is closed',
      (rig: ModelLegRig) => {
        rig.socket.drops();
      },
    ],
    [
      'has other formats',
      (rig: ModelLegRig) => {
        rig.socket.open();
        rig.says('session.created', { session: {} });
        rig.says('session.updated', { session: { audio: { input: { format: { type: 'audio/opus' } } } } });
      },
    ],
  ])(
    'two sessions side by side: when the second %s, the first goes on, and another is tried later',
    (_what, fails) => {
      const rig = new ModelLegRig().configured();
      rig.clock.advance(50 * MINUTE_MS);
      fails(rig);
      rig.at = 0;
      callerSays(rig, 1);
      expect(framesOf(rig, 0)).toEqual([1]);
      expect(rig.told()).toEqual([]);
      expect(rig.sockets[1]?.readyState).toBe(3);
      rig.clock.advance(MINUTE_MS);
      expect(rig.sockets.length).toBeGreaterThan(2);
    },
  );

  test('two sessions side by side are both closed with their call', () => {
    const rig = rotating();
    rig.stopLeg();
    expect(rig.sockets.map(({ closedWith }) => closedWith)).toEqual([1000, 1000]);
    expect(rig.clock.pending).toBe(0);
    const young = new ModelLegRig().configured();
    young.stopLeg();
    expect(young.clock.pending).toBe(0);
  });
});
