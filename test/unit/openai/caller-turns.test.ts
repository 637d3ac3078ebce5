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
  ])('is %i ms, without the padding and the silence of its offsets, by %o', (ms, fields) => {
    expect(spokenMs(ms, detectionOf({ type: 'server_vad', ...fields }))).toBe(ms);
  });

  test('is never below nothing, where the padding does not fit before it', () => {
    expect(spokenMs(140, detectionOf({ type: 'server_vad' }), 0)).toBe(0);
  });

  test('is what the offsets say where the detector does not tell what it adds', () => {
    expect(spokenMs(140, detectionOf({ type: 'semantic_vad' }))).toBe(940);
  });
});
