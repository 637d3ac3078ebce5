import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transcriptOf, transcriptWithUnheard } from '../../../src/services/storage/folds/transcript.fold.ts';
import { anyRow, row, stored } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

const GREETING = [
  row('agent.startedItem', { itemId: 'item_greeting', responseId: 'resp_1' }),
  row('agent.said', {
    itemId: 'item_greeting',
    text: 'Hi, this is Bella.',
    interrupted: false,
    heardMs: 1400,
  }),
];

describe('transcript', () => {
  test('the transcript is in the order spoken when the transcription comes after the reply', () => {
    const lines = transcriptOf(
      stored(
        ...GREETING,
        row('caller.startedSpeaking', { itemId: 'item_question' }),
        row('caller.committed', { itemId: 'item_question' }),
        row('agent.startedItem', { itemId: 'item_answer', responseId: 'resp_2' }),
        row('caller.said', { itemId: 'item_question', text: 'Are you open?' }),
        row('agent.said', { itemId: 'item_answer', text: 'We are.', interrupted: false, heardMs: 600 }),
      ),
    );
    expect(lines).toEqual([
      {
        role: 'agent',
        text: 'Hi, this is Bella.',
        at: '1970-01-01T00:00:00.000Z',
        itemId: 'item_greeting',
        interrupted: false,
      },
      {
        role: 'caller',
        text: 'Are you open?',
        at: '1970-01-01T00:00:02.000Z',
        itemId: 'item_question',
        interrupted: false,
      },
      {
        role: 'agent',
        text: 'We are.',
        at: '1970-01-01T00:00:04.000Z',
        itemId: 'item_answer',
        interrupted: false,
      },
    ]);
  });

  test('the transcript keeps of an interrupted item what was heard, before the words that cut it', () => {
    const lines = transcriptOf(
      stored(
        row('agent.startedItem', { itemId: 'item_a', responseId: 'resp_1' }),
        row('caller.startedSpeaking', { itemId: 'item_c' }),
        row('agent.said', { itemId: 'item_a', text: 'Hi, this', interrupted: true, heardMs: 500 }),
        row('caller.said', { itemId: 'item_c', text: 'Wait.' }),
      ),
    );
    expect(lines.map(({ role, text, interrupted }) => [role, text, interrupted])).toEqual([
      ['agent', 'Hi, this', true],
      ['caller', 'Wait.', false],
    ]);
  });

  test('the transcript leaves out an item of the agent of which nothing was heard', () => {
    const lines = transcriptOf(
      stored(
        row('agent.startedItem', { itemId: 'item_cut', responseId: 'resp_1' }),
        row('agent.said', { itemId: 'item_cut', text: '', interrupted: true, heardMs: 0 }),
        row('agent.startedItem', { itemId: 'item_never_settled', responseId: 'resp_2' }),
      ),
    );
    expect(lines).toEqual([]);
  });

  test('the transcript tells what was not heard to whoever asks for it', () => {
    const rows = stored(
      row('agent.startedItem', { itemId: 'item_a', responseId: 'resp_1' }),
      row('agent.said', { itemId: 'item_a', text: 'Hi, this', unheard: 'is Bella.', interrupted: true }),
      row('agent.startedItem', { itemId: 'item_b', responseId: 'resp_1' }),
      row('agent.said', { itemId: 'item_b', text: '', unheard: 'How are you?', interrupted: true }),
      row('agent.said', { itemId: 'item_c', text: 'Fine.', interrupted: false }),
    );
    expect(transcriptWithUnheard(rows).map(({ text, unheard }) => [text, unheard])).toEqual([
      ['Hi, this', 'is Bella.'],
      ['', 'How are you?'],
      ['Fine.', undefined],
    ]);
    const plain = transcriptOf(rows);
    expect(plain.map(({ text }) => text)).toEqual(['Hi, this', 'Fine.']);
    expect(JSON.stringify(plain)).not.toContain('unheard');
  });

  test('the transcript has a turn that could not be transcribed, without words', () => {
    const lines = transcriptOf(
      stored(row('caller.committed', { itemId: 'item_c' }), row('caller.unclear', { itemId: 'item_c' })),
    );
    expect(lines).toMatchObject([{ role: 'caller', text: '', interrupted: false }]);
  });

  test('the transcript has the turn that hang-up cut in mid-sentence', () => {
    const lines = transcriptOf(
      stored(
        ...GREETING,
        row('caller.startedSpeaking', { itemId: 'item_c' }),
        row('call.ended', { reason: 'lost' }),
      ),
    );
    expect(lines.at(-1)).toMatchObject({ role: 'caller', itemId: 'item_c', text: '', interrupted: true });
  });

  test.each([
    ['ok', 'create_lead: done'],
    ['failed', 'create_lead: failed'],
    ['timedOut', 'create_lead: timed out'],
    ['refused', 'create_lead: refused'],
    ['cancelled', 'create_lead: cancelled'],
  ])('the transcript tells a tool that settled as %s in words, where it settled', (status, text) => {
    const settled = {
      slot: 'tool.0',
      toolCallId: 'fc_1',
      name: 'create_lead',
      outcome: { status, output: '{}' },
    };
    expect(transcriptOf(stored(...GREETING, row('tool.settled', settled))).at(-1)).toEqual({
      role: 'tool',
      text,
      at: '1970-01-01T00:00:02.000Z',
      itemId: 'fc_1',
      interrupted: false,
    });
  });

  test('the transcript never throws, whatever was written', () => {
    holds(
      fc.property(fc.array(anyRow, { maxLength: 40 }), (rows) => {
        const log = stored(...rows);
        for (let length = 0; length <= log.length; length++) transcriptOf(log.slice(0, length));
      }),
    );
  });

  test('the transcript keeps the order in which turns began, whenever their words come', () => {
    const turns = ['item_0', 'item_1', 'item_2', 'item_3'];
    const schedule = fc.shuffledSubarray(turns, { minLength: turns.length }).chain((said) =>
      // How many turns have begun before each of the words comes.
      fc.tuple(fc.constant(said), fc.array(fc.nat(turns.length), { minLength: 4, maxLength: 4 })),
    );
    holds(
      fc.property(schedule, ([said, delays]) => {
        const begun = turns.map((itemId) => row('caller.committed', { itemId }));
        const log = [...begun];
        said.forEach((itemId, index) => {
          const own = log.findIndex(({ body }) => 'itemId' in body && body.itemId === itemId) + 1;
          log.splice(
            Math.max(own, (delays[index] ?? 0) + index),
            0,
            row('caller.said', { itemId, text: itemId }),
          );
        });
        expect(transcriptOf(stored(...log)).map(({ text }) => text)).toEqual(turns);
      }),
    );
  });
});
