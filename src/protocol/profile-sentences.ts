/** The sentences that callers of one agent hear from the engine: those that its profile writes, else those of its language. */

import type { AgentProfile } from './agent-profile.ts';
import { FALLBACK_LANGUAGE, FALLBACK_SENTENCES, type SentenceName, sentencesIn } from './engine-sentences.ts';
import type { FieldProblem } from './field-problem.ts';

/** A sentence, and the language that it is in: a BCP 47 tag. */
export interface SpokenSentence {
  readonly text: string;
  readonly language: string;
}

type Speaker = Pick<
  AgentProfile,
  'language' | 'greeting' | 'recordingAnnouncement' | 'busyMessage' | 'sentences'
>;

/** A sentence as it is to be said. English where the profile writes none and the engine has none in its language. */
export function sentenceOf(profile: Speaker, name: SentenceName): SpokenSentence {
  const language = profile.language.default;
  const text = writtenIn(profile, name) ?? sentencesIn(language)?.[name];
  return text === undefined
    ? { text: FALLBACK_SENTENCES[name], language: FALLBACK_LANGUAGE }
    : { text, language };
}

/** The greeting with the business's name in it, as it is to be said: behind the announcement, where calls are recorded. */
export function greetingOf(profile: AgentProfile): string {
  const announcement = profile.recording ? `${sentenceOf(profile, 'announcement').text} ` : '';
  const greeting = sentenceOf(profile, 'greeting').text;
  return announcement + greeting.replaceAll('{business.name}', () => profile.business.name);
}

/** The field of a profile in which a sentence is written. */
const FIELDS: Readonly<Record<SentenceName, string>> = {
  greeting: 'greeting',
  announcement: 'recordingAnnouncement',
  busy: 'busyMessage',
  hold: 'sentences.hold',
  sorry: 'sentences.sorry',
  failed: 'sentences.failed',
  filler: 'sentences.filler',
};

/** Notes about a valid profile that its writer may not expect: each sentence that callers hear in another language. */
export function sentenceNotes(profile: AgentProfile): FieldProblem[] {
  const language = profile.language.default;
  if (sentencesIn(language) !== undefined) return [];
  return (Object.keys(FIELDS) as SentenceName[])
    .filter((name) => writtenIn(profile, name) === undefined)
    .filter((name) => name !== 'announcement' || profile.recording)
    .map((name) => ({
      path: FIELDS[name],
      message: `is said in English: the engine has no sentence of its own in "${language}". Write it here`,
    }));
}

function writtenIn(profile: Speaker, name: SentenceName): string | undefined {
  switch (name) {
    case 'greeting':
      return profile.greeting;
    case 'announcement':
      return profile.recordingAnnouncement;
    case 'busy':
      return profile.busyMessage;
    case 'hold':
    case 'sorry':
    case 'failed':
    case 'filler':
      return profile.sentences[name];
  }
}
