import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeOwnFolder, readWhole, writeWhole } from '../../private-files.ts';

/** Everything that a rendered sentence depends on. */
export interface ClipKey {
  readonly text: string;
  readonly voice: string;
  /** Who says it: the service and the model. */
  readonly model: string;
  /** The format in which the model speaks. */
  readonly audio: 'pcmu' | 'pcma' | 'pcm16';
}

/** Changes when a file of the same key would hold something else. */
const VERSION = 1;
const DIGEST_BYTES = 32;

/** The name under which a clip is kept. It holds nothing of the text. */
export function clipName({ text, voice, model, audio }: ClipKey): string {
  return createHash('sha256')
    .update(JSON.stringify([VERSION, text, voice, model, audio]))
    .digest('hex');
}

/**
 * Clips on disk: a file each, the SHA-256 of its audio before the audio. A
 * cache: whoever deletes a file, or all of them, costs the engine one rendering.
 */
export class ClipFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Mu-law at 8000 Hz. Undefined when there is no such file, or it is not what was written. */
  async read(name: string): Promise<Buffer | undefined> {
    const file = await readWhole(this.#path(name)).catch(() => undefined);
    if (file === undefined) return undefined;
    const muLaw = file.subarray(DIGEST_BYTES);
    return muLaw.length > 0 && digestOf(muLaw).equals(file.subarray(0, DIGEST_BYTES)) ? muLaw : undefined;
  }

  /** Whole or not at all: several processes may write the same clip, and one may die over it. */
  async write(name: string, muLaw: Buffer): Promise<void> {
    await makeOwnFolder(this.#folder);
    await writeWhole(this.#path(name), Buffer.concat([digestOf(muLaw), muLaw]));
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.ulaw`);
  }
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
