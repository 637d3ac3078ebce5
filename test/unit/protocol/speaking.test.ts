import { expect, test } from 'vitest';
import { SpeakingFold } from '../../../src/protocol/speaking.ts';
import { row } from '../../support/call-rows.ts';

test.each(['model.disconnected', 'phone.lost', 'call.resumed'])(
  'who is heard on the line is no caller any more when %s says that nobody could tell that they stop',
  (event) => {
    const floor = new SpeakingFold();
    floor.take(row('caller.startedSpeaking'));
    expect(floor.speaking).toBe('caller');
    floor.take(row(event));
    expect(floor.speaking).toBeNull();
  },
);

test('who is heard on the line is still the agent when its session is lost: what came is played', () => {
  const floor = new SpeakingFold();
  floor.take(row('playback.started'));
  floor.take(row('model.disconnected'));
  expect(floor.speaking).toBe('agent');
});
