import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { CallerLanguage } from '../../../src/services/openai/memory/caller-language.ts';

const rulesOf = (language: Record<string, unknown> = {}) =>
  AgentProfile.parse({ id: 'x', business: { name: 'X' }, language }).language;

/** What each turn changes the language to, in order. */
const after = (turns: readonly (readonly [text: string, tag: string | undefined])[], language = {}) => {
  const caller = new CallerLanguage();
  return turns.map(([text, tag]) => caller.heard(text, tag, rulesOf(language)));
};

describe('the language of a caller', () => {
  test('the language of a caller is what the first clear words are in', () => {
    expect(
      after([
        ['Hola', 'es'],
        ['Quisiera reservar una mesa', 'es'],
        ['para mañana por la noche', 'es'],
      ]),
    ).toEqual([undefined, 'Spanish', undefined]);
  });

  test('the language of a caller stays when they say a foreign word, a name or a thank you, or when nobody knows what they speak', () => {
    expect(
      after([
        ['I would like to book a table.', 'en'],
        ['Gracias, amigo', 'es'],
        ['Guten Tag', 'de'],
        ['Quisiera reservar una mesa', undefined],
        ['', 'fr'],
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test('the language of a caller changes back by a clear sentence, and the first language is nothing special then', () => {
    const caller = new CallerLanguage();
    expect(caller.current).toBeUndefined();
    caller.heard('Parlez-vous français, s’il vous plaît ?', 'fr', rulesOf());
    expect(caller.current).toBe('French');
    expect(caller.heard('Let us go on in English.', 'en-GB', rulesOf())).toBe('English');
    expect(caller.current).toBeUndefined();
  });

  test('the language of a caller is counted in words also where there are no spaces', () => {
    expect(
      after([
        ['你好', 'zh'],
        ['我想预约明天', 'zh'],
      ]),
    ).toEqual([undefined, 'Chinese']);
  });

  test('the language of a caller is the same by tag, by region and by name', () => {
    for (const tag of ['es', 'es-MX', 'es_419', 'spanish', 'Spanish']) {
      expect(after([['Quisiera reservar una mesa', tag]]), tag).toEqual(['Spanish']);
    }
    expect(after([['Gostaria de reservar uma mesa', 'pt']], { default: 'pt-BR' })).toEqual([undefined]);
  });

  test('the language of a caller never changes where the profile fixes it, and only to those that it names', () => {
    const turns = [
      ['Quisiera reservar una mesa', 'es'],
      ['Je voudrais réserver une table', 'fr'],
      ['Could we go on in English, please?', 'en'],
    ] as const;
    expect(after(turns, { switch: 'never' })).toEqual([undefined, undefined, undefined]);
    expect(after(turns, { allowed: ['fr'] })).toEqual([undefined, 'French', 'English']);
  });
});
