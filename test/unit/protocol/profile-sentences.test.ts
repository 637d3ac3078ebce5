import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { sentencesIn } from '../../../src/protocol/engine-sentences.ts';
import { greetingOf, sentenceNotes, sentenceOf } from '../../../src/protocol/profile-sentences.ts';

const NAMES = ['greeting', 'announcement', 'busy', 'hold', 'sorry', 'failed', 'filler'] as const;
const agent = (tag: string, more: object = {}) =>
  AgentProfile.parse({ id: 'acme', business: { name: 'Acme' }, language: { default: tag }, ...more });

describe("the engine's own sentences", () => {
  test("the engine's own sentences are in the profile's language, whatever its region", () => {
    expect(greetingOf(agent('de-AT', { recording: true }))).toBe(
      'Dieses Gespräch wird aufgezeichnet. Guten Tag, hier ist Acme, wie kann ich Ihnen helfen?',
    );
    expect(sentenceOf(agent('de'), 'busy')).toEqual({
      text: 'Alle unsere Leitungen sind besetzt. Bitte rufen Sie später noch einmal an.',
      language: 'de',
    });
    for (const tag of ['en', 'de', 'fr', 'es-MX', 'it', 'pt-BR', 'nl', 'sv', 'da', 'nb', 'no']) {
      expect(sentenceNotes(agent(tag))).toEqual([]);
      expect(sentencesIn(tag)?.greeting).toContain('{business.name}');
      expect(new Set(NAMES.map((name) => sentenceOf(agent(tag), name).text)).size).toBe(NAMES.length);
    }
  });

  test("the engine's own sentences are what the profile writes instead", () => {
    const own = agent('de', { busyMessage: 'Besetzt!', sentences: { failed: 'Störung.' } });
    expect(sentenceOf(own, 'busy').text).toBe('Besetzt!');
    expect(sentenceOf(own, 'failed').text).toBe('Störung.');
    expect(sentenceOf(own, 'sorry').text).toBe(sentencesIn('de')?.sorry);
    expect(AgentProfile.safeParse({ ...own, sentences: { failed: '…' } }).success).toBe(false);
  });

  test("the engine's own sentences are English where a language has none, and a note of the profile says which", () => {
    const basque = agent('eu', { greeting: 'Kaixo!', sentences: { sorry: 'Barkatu?' } });
    expect(sentenceOf(basque, 'sorry')).toEqual({ text: 'Barkatu?', language: 'eu' });
    expect(sentenceOf(basque, 'busy').language).toBe('en');
    expect(sentenceNotes(basque).map(({ path }) => path)).toEqual([
      ...['busyMessage', 'sentences.hold', 'sentences.failed', 'sentences.filler'],
    ]);
    expect(sentenceNotes({ ...basque, recording: true })[0]?.path).toBe('recordingAnnouncement');
  });
});
