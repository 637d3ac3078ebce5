import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { speechOffsets } from '../../support/speech-offsets.ts';
import { ModelLegRig } from '../../support/model-leg.ts';

type Detection = AgentProfile['turnDetection'];
const detectionOf = (turnDetection: object): Detection =>
  AgentProfile.parse({ id: 'a', business: { name: 'Acme' }, turnDetection }).turnDetection;

/** How long the leg says that somebody spoke, from what the service says of so much speech. */
function spokenMs(ms: number, turnDetection: Detection, startMs = 5000): number | undefined {
  const rig = new ModelLegRig({ profile: { turnDetection } }).configured();
  const padding = turnDetection.type === 'server_vad' ? turnDetection : {};
  const { audio_start_ms, audio_end_ms } = speechOffsets(startMs, startMs + ms, padding);
  rig.says('input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms });
  rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms });
  return rig.told().flatMap((fact) => (fact.type === 'caller.stoppedSpeaking' ? [fact.speechMs] : []))[0];
}

describe('the length of what the caller said', () => {
  test.each([
    [140, {}],
    [1900, {}],
    [140, { prefix_padding_ms: 0, silence_duration_ms: 200 }],
    [140, { prefix_padding_ms: 500, silence_duration_ms: 1200 }],
  ])(
    'the length of what the caller said is %i ms, without the padding and the silence of its offsets, by %o',
    (ms, fields) => {
      expect(spokenMs(ms, detectionOf({ type: 'server_vad', ...fields }))).toBe(ms);
    },
  );

  test('the length of what the caller said is never below nothing, where the padding does not fit before it', () => {
    expect(spokenMs(140, detectionOf({ type: 'server_vad' }), 0)).toBe(0);
  });

  test('the length of what the caller said is what the offsets say where the detector does not tell what it adds', () => {
    expect(spokenMs(140, detectionOf({ type: 'semantic_vad' }))).toBe(940);
  });
});

describe('how long the caller has been silent when it is told', () => {
  const FRAME = Buffer.from(Buffer.alloc(160, 0x33).toString('base64'));

  /** A leg that has passed on so much of the caller, in frames as they come. */
  function leg(turnDetection: object, spokenMs: number) {
    const rig = new ModelLegRig({ profile: { turnDetection } }).configured();
    for (let ms = 0; ms < spokenMs; ms += 20) {
      rig.clock.advance(20);
      rig.line.callerAudio(FRAME, 0, FRAME.length);
    }
    return rig;
  }
  const stopped = (rig: ModelLegRig) => rig.told().find(({ type }) => type === 'caller.stoppedSpeaking');

  test.each([200, 500, 1200])(
    'the silence of the caller is the %i ms that the detector waits, and the way of its report',
    (waits) => {
      const rig = leg({ type: 'server_vad', silence_duration_ms: waits }, 5000);
      rig.says('input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms: 1000 });
      // It was sure at 4940 ms of the audio, and 60 ms more have left since; the last of them 10 ms ago, give or take.
      rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms: 4940 });
      const fact = stopped(rig);
      expect(fact).toMatchObject({ silentMs: waits + 60 + 10 });
      expect(fact).not.toHaveProperty('isAtLeast');
    },
  );

  test('the silence of the caller counts from audio that was kept and went out in one piece as if it had been spoken till then', () => {
    const rig = new ModelLegRig();
    for (let ms = 0; ms < 1000; ms += 20) {
      rig.clock.advance(20);
      rig.line.callerAudio(FRAME, 0, FRAME.length);
    }
    rig.configured();
    rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms: 1000 });
    expect(stopped(rig)).toMatchObject({ silentMs: 510 });
  });

  test.each([
    ['without an offset', undefined],
    ['with one beyond all audio', 9000],
  ])('the silence of the caller is at least what the detector waits, %s', (_, audio_end_ms) => {
    const rig = leg({ type: 'server_vad' }, 2000);
    rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms });
    expect(stopped(rig)).toMatchObject({ silentMs: 500, isAtLeast: true });
  });

  test('the silence of the caller is at least the way of the report where the detector goes by words', () => {
    const rig = leg({ type: 'semantic_vad' }, 2000);
    rig.says('input_audio_buffer.speech_stopped', { item_id: 'u1', audio_end_ms: 1940 });
    expect(stopped(rig)).toMatchObject({ silentMs: 70, isAtLeast: true });
  });

  test('the speech of the caller begins where there is sound, without the padding before it', () => {
    const rig = leg({ type: 'server_vad' }, 2000);
    rig.says('input_audio_buffer.speech_started', { item_id: 'u1', audio_start_ms: 1560 });
    expect(rig.told()).toMatchObject([{ type: 'caller.startedSpeaking', soundMs: 150 }]);
  });
});
