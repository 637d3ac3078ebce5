import type { Clock } from '../../../clock.ts';
import { CallerLanguage } from './caller-language.ts';
import { CallerWords } from './caller-words.ts';
import { ItemTrack } from './item-track.ts';
import { KeptAudio } from './kept-audio.ts';

/**
 * What has to outlive a session. When the model's socket is lost, the leg that
 * replaces it still tells the words that were heard of the last one's items, and
 * gets what the caller said in between.
 * One per call.
 */
export class CallMemory {
  readonly items = new ItemTrack();
  readonly callerWords = new CallerWords();
  readonly language = new CallerLanguage();
  readonly callerAudio: KeptAudio;

  constructor(clock: Clock) {
    this.callerAudio = new KeptAudio(clock);
  }
}
