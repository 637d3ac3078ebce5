import { sentenceOf } from '../../protocol/profile-sentences.ts';
import { openings } from '../tools/diary/availability.ts';
import type { CallFacts } from '../desk/call-facts.ts';

/**
 * What a caller hears who is to leave a note: behind the announcement, where calls are recorded. Undefined while the business
 * is open, by the rows of its hours and its holidays; for calls that it has placed; and where the profile writes no message.
 */
export function voicemailFor(call: CallFacts): string | undefined {
  const { business, recording, voicemail } = call.profile;
  if (voicemail === undefined || call.direction === 'outbound') return undefined;
  const startMs = call.now();
  if (openings({ startMs, endMs: startMs + 1 }, business).length > 0) return undefined;
  return recording ? `${sentenceOf(call.profile, 'announcement').text} ${voicemail}` : voicemail;
}
