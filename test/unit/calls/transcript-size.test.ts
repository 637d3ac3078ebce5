import { describe, expect, test } from 'vitest';
import { cutText, MAX_LINE_CHARS } from '../../../src/protocol/transcript-line.ts';
import { transcriptMeter } from '../../../src/services/calls/transcript-meter.ts';
import { row } from '../../support/call-rows.ts';
import { heard, ModelLegRig } from '../../support/model-leg.ts';

describe('a transcript', () => {
  test('a transcript holds 200 KB, of both sides and of what was not heard, in bytes of UTF-8', () => {
    let filled = 0;
    const take = transcriptMeter(() => filled++);
    const isFilledBy = (event: string, body: object) => {
      const before = filled;
      take(row(event, body));
      return filled > before;
    };
    const kb = (letter: string) => letter.repeat(1024 / Buffer.byteLength(letter));
    for (let n = 0; n < 100; n++) {
      expect(isFilledBy('caller.said', { itemId: 'u', text: kb('ä') })).toBe(false);
    }
    for (let n = 0; n < 50; n++) {
      const said = { itemId: 'i', text: kb('a'), unheard: kb('é'), interrupted: true, heardMs: 1 };
      expect(isFilledBy('agent.said', said)).toBe(false);
    }
    expect(isFilledBy('caller.unclear', { itemId: 'u' })).toBe(false);
    expect(isFilledBy('caller.said', { itemId: 'u', text: 'a' })).toBe(true);
    expect(isFilledBy('agent.said', { itemId: 'i', text: '' })).toBe(true);
  });

  test('a transcript has no line that is longer than nine minutes of speech', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef');
    expect(cutText('abcdefg', 6)).toBe('abcde…');
    expect(cutText('abcd\u{1f600}g', 6)).toBe('abcd…');
  });
});

describe('words that the model tells', () => {
  const long = 'word '.repeat(200_000);
  const saidBy = (rig: ModelLegRig, type: string) =>
    rig.told().flatMap((fact) => (fact.type === type && 'text' in fact ? [fact.text] : []));

  test('words that the model tells are a line at most, of the caller', () => {
    const rig = new ModelLegRig().configured();
    rig.says('conversation.item.input_audio_transcription.completed', { item_id: 'u1', transcript: long });
    expect(saidBy(rig, 'caller.said').map(({ length }) => length)).toEqual([MAX_LINE_CHARS]);
  });

  test.each(['at once', 'letter by letter'])(
    'words that the model tells are a line at most, of the agent, %s',
    (how) => {
      const rig = new ModelLegRig().configured();
      rig.responseBegins('r1');
      rig.delta('r1', 'i1', 1000);
      if (how === 'at once') rig.words('r1', 'i1', long);
      else for (const letter of long.slice(0, 20_000)) rig.words('r1', 'i1', letter);
      rig.responseEnds('r1');
      rig.order({
        type: 'settleItems',
        heard: [heard('r1', 'i1', 1000, 1000, true)],
      });
      const [text] = saidBy(rig, 'agent.said');
      expect(text?.length).toBeLessThanOrEqual(MAX_LINE_CHARS);
      expect(text?.length).toBeGreaterThan(MAX_LINE_CHARS - 10);
    },
  );
});
