/**
 * Renders the sentences that the engine says without a model into
 * `assets/clips/*.ulaw` (mu-law, 8000 Hz). Run after a sentence has changed:
 * the voice gives the same bytes for the same text.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { CLIP_TEXTS } from '../src/services/clips/clips.ts';
import { encodeMuLaw } from '../src/media/g711.ts';
import { Resampler } from '../src/media/resampler.ts';
import { FLITE_RATE, loadFlite } from '../src/simulator/speech/flite.ts';

const flite = await loadFlite();
const folder = new URL('../assets/clips/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(CLIP_TEXTS)) {
  const speech = flite.say(text, { voice: 'slt' });
  const down = new Resampler(FLITE_RATE, 8000);
  writeFileSync(new URL(`${name}.ulaw`, folder), encodeMuLaw(down.push(speech)));
}
