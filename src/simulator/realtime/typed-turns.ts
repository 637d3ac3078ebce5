import { TypedEvent } from '../../protocol/typed-words.ts';

/** Every other event begins otherwise, and most are audio: they are not parsed for this. */
const BEGINNING = '{"type":"simulator.typed"';

/** The words of the one event that the service does not have; undefined for every other. */
export function typedIn(text: string): string | undefined {
  if (!text.startsWith(BEGINNING)) return undefined;
  try {
    return TypedEvent.safeParse(JSON.parse(text)).data?.text;
  } catch {
    return undefined;
  }
}

/** Typed words until the turn is over in which their audio is heard. */
export class TypedTurns {
  #typed: { readonly atMs: number; readonly text: string }[] = [];

  /** @param atMs - of the audio heard so far: theirs begins here. */
  add(text: string, atMs: number): void {
    this.#typed.push({ text, atMs });
  }

  /** None were typed that are still to be heard to their end. */
  get isEmpty(): boolean {
    return this.#typed.length === 0;
  }

  /** The words whose audio began before `endMs`; undefined when none were typed. */
  take(endMs: number): string | undefined {
    const said = this.#typed.filter(({ atMs }) => atMs < endMs);
    this.#typed = this.#typed.filter(({ atMs }) => atMs >= endMs);
    return said.length === 0 ? undefined : said.map(({ text }) => text).join(' ');
  }

  clear(): void {
    this.#typed = [];
  }
}
