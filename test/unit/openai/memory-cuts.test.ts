import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioOf, heard, ModelLegRig } from '../../support/model-leg.ts';
import { holds } from '../../support/properties.ts';

const cuts = (rig: ModelLegRig) =>
  rig
    .sent()
    .filter(({ type }) => type === 'conversation.item.truncate' || type === 'conversation.item.delete');

/** A response of one item, of which so much audio has come. */
function speaking(ms = 1000): ModelLegRig {
  const rig = new ModelLegRig().configured();
  rig.responseBegins('r1');
  rig.words('r1', 'i1', 'We are open from nine.');
  rig.delta('r1', 'i1', ms);
  return rig;
}

describe('the memory of the model', () => {
  test('the memory of the model forgets an item whose audio came only after the response was cancelled', () => {
    const rig = new ModelLegRig().configured();
    rig.responseBegins('r1');
    rig.order({ type: 'cancelResponse' });
    rig.delta('r1', 'i1', 200);
    rig.delta('r1', 'i1', 200);
    expect(cuts(rig)).toEqual([]);
    rig.responseEnds('r1', 'cancelled');
    expect(cuts(rig)).toMatchObject([{ type: 'conversation.item.delete', item_id: 'i1' }]);
    expect(rig.heardByPhone()).toEqual([]);
  });

  test('the memory of the model keeps its cut when more of the item comes after the cancellation', () => {
    const rig = speaking();
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 640, 1000)] });
    expect(cuts(rig)).toMatchObject([{ item_id: 'i1', audio_end_ms: 640 }]);
    rig.delta('r1', 'i1', 200);
    rig.delta('r1', 'i2', 200);
    rig.responseEnds('r1', 'cancelled');
    // The next item had begun as well, and nobody heard any of it.
    expect(cuts(rig)).toMatchObject([{ type: 'conversation.item.delete', item_id: 'i2' }]);
  });

  test('the memory of the model loses nothing of a response beside the conversation, which it does not remember', () => {
    const rig = new ModelLegRig().configured();
    rig.order({ type: 'createResponse', purpose: 'filler' });
    rig.responseBegins('r1', rig.sent()[0]);
    rig.order({ type: 'cancelResponse' });
    rig.says('response.output_audio.delta', {
      response_id: 'r1',
      item_id: 'i1',
      output_index: 0,
      content_index: 0,
      delta: audioOf(100),
    });
    rig.responseEnds('r1', 'cancelled');
    expect(cuts(rig)).toEqual([]);
  });

  test('the memory of the model ends where an item was heard that was still being said, though all of it that had come was heard', () => {
    const rig = speaking();
    rig.order({ type: 'cancelResponse' });
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 1000, 1000)] });
    expect(cuts(rig)).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'i1', audio_end_ms: 1000 },
    ]);
  });

  test('the memory of the model ends where an item was cancelled, though all of it that was passed on was heard', () => {
    const rig = speaking(40);
    rig.order({ type: 'cancelResponse' });
    rig.delta('r1', 'i1', 80);
    rig.responseEnds('r1', 'cancelled');
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 40, 40, true)] });
    expect(cuts(rig)).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'i1', audio_end_ms: 40 },
    ]);
  });

  test('the memory of the model keeps the words of an item that the far end had finished and that was heard', () => {
    const rig = speaking();
    rig.itemDone('r1', { id: 'i1', type: 'message', status: 'completed' });
    rig.told();
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 1000, 1000)] });
    expect(cuts(rig)).toEqual([]);
    expect(rig.told()).toMatchObject([
      { type: 'agent.said', interrupted: false, text: 'We are open from nine.' },
    ]);
  });

  test('the memory of the model loses no word: what was not heard is told beside what was', () => {
    holds(
      fc.property(fc.integer({ min: 0, max: 999 }), (ms) => {
        const rig = speaking();
        rig.told();
        rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', ms, 1000)] });
        const [said] = rig.told();
        if (said?.type !== 'agent.said') throw new Error('the item was not settled');
        const { text, unheard = '.' } = said;
        expect(`${text} ${unheard}`.trim().replace(/ \.$/, '.')).toBe('We are open from nine.');
      }),
    );
  });

  test('the memory of the model is cut to the millisecond, and a little less close to the end once the far end has refused that', () => {
    const rig = speaking();
    rig.itemDone('r1', { id: 'i1', type: 'message', status: 'completed' });
    rig.responseEnds('r1');
    rig.order({ type: 'settleItems', heard: [heard('r1', 'i1', 960, 1000)] });
    const [first] = cuts(rig);
    expect(first).toMatchObject({ audio_end_ms: 960 });
    rig.error('invalid_value', first?.event_id);
    expect(cuts(rig)).toMatchObject([{ item_id: 'i1', audio_end_ms: 860 }]);

    rig.responseBegins('r2');
    rig.delta('r2', 'i2', 1000);
    rig.order({ type: 'settleItems', heard: [heard('r2', 'i2', 960, 1000)] });
    expect(cuts(rig)).toMatchObject([{ item_id: 'i2', audio_end_ms: 900 }]);
  });
});
