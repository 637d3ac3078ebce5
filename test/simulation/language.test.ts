import { describe, expect, test } from 'vitest';
import { bodiesOf } from '../support/call-rows.ts';
import { recordedCall } from '../support/recorded-call.ts';

async function greetedCall(language: Record<string, unknown> = {}) {
  const call = recordedCall({ profile: { language } });
  call.dials();
  call.model.opens();
  await call.clock.run(5000);
  return call;
}

type Call = Awaited<ReturnType<typeof greetedCall>>;

/** What the model was told in confidence. */
const notes = ({ model }: Call) =>
  model
    .all('conversation.item.create')
    .map(({ item }) => item as { role: string; content: { text: string }[] })
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content[0]?.text);

/** The instructions of the last response for a purpose. */
const wordsFor = ({ model }: Call, purpose: string) =>
  model
    .all('response.create')
    .map(({ response }) => response as { instructions: string; metadata: Record<string, string> })
    .findLast(({ metadata }) => metadata['purpose'] === purpose)?.instructions;

describe('a caller who speaks another language', () => {
  test('a caller who speaks another language is followed after a whole sentence, not after a word', async () => {
    const call = await greetedCall();
    call.model.callerSays('u1', '¡Hola!', 'es');
    await call.clock.run(5000);
    expect(notes(call)).toEqual([]);
    call.model.callerSays('u2', 'Quisiera una cita para mañana por la tarde.', 'es');
    await call.clock.run(5000);
    expect(notes(call)).toEqual([expect.stringContaining('Speak Spanish from your next sentence on')]);
    call.model.callerSays('u3', 'Thanks!', 'en');
    await call.clock.run(5000);
    expect(notes(call)).toHaveLength(1);
    call.model.callerSays('u4', 'Let us go on in English, please.', 'en');
    await call.clock.run(5000);
    expect(notes(call).at(-1)).toContain('Speak English');
  });

  test('a caller who speaks another language hears it also in sentences that have instructions of their own', async () => {
    const call = await greetedCall();
    await call.clock.run(15_000);
    expect(wordsFor(call, 'idlePrompt')).toContain('English, when there was none');
    call.model.callerSays('u1', 'Perdón, un momento por favor.', 'es');
    await call.clock.run(30_000);
    expect(wordsFor(call, 'idlePrompt')).toContain('Speak Spanish.');
  });

  test('a caller who speaks another language is told the rule by the prompt, from the first word on', async () => {
    const call = await greetedCall({ allowed: ['es'] });
    const [update] = call.model.all('session.update');
    const { instructions } = update?.['session'] as { instructions: string };
    expect(instructions).toContain('Speak English, from the first word.');
    expect(instructions).toContain('in a whole sentence');
    expect(instructions).toContain('You may switch to Spanish');
  });

  test('a caller who speaks another language is not followed where the profile fixes the language, or names others', async () => {
    for (const language of [{ switch: 'never' }, { allowed: ['fr', 'de'] }]) {
      const call = await greetedCall(language);
      call.model.callerSays('u1', 'Quisiera una cita para mañana por la tarde.', 'es');
      await call.clock.run(5000);
      expect(notes(call)).toEqual([]);
    }
  });
});

test('the journal has the language of each turn, where the transcription tells it', async () => {
  const call = await greetedCall();
  call.model.callerSays('u1', 'Quisiera una cita para mañana.', 'es');
  await call.clock.run(5000);
  call.model.callerSays('u2', 'On Friday.');
  await call.clock.run(5000);
  const said = bodiesOf(call.rows, 'caller.said');
  expect(said.map(({ itemId, language }) => [itemId, language])).toEqual([
    ['u1', 'es'],
    ['u2', undefined],
  ]);
});
