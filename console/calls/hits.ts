import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { dotted } from '../../src/protocol/word-mask.ts';

/** A piece of what was said, and whether it is a searched word. */
export interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

/** Where the searched words were said in a call. */
export interface Hits {
  /** How often they were said, all together. */
  readonly count: number;
  readonly role: 'caller' | 'agent';
  /** When the first of them was said, ISO 8601. */
  readonly at: string;
  /** What was said around the first hit. When words are hidden, all but the hits is dots. */
  readonly pieces: readonly Piece[];
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** The fewest letters that also find longer words that begin so; the engine takes fewer for a whole word. */
const SHORTEST_BEGINNING = 3;
/** Characters that are shown before the first hit and after it. */
const BEFORE = 32;
const AFTER = 90;

/** A word without case and accents, as the engine's index compares it. */
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Searches words in a transcript, as the engine does; undefined when none was said. */
export function hitsIn(lines: readonly TranscriptLine[], q: string, areShown: boolean): Hits | undefined {
  const isWanted = matcherOf(q);
  let count = 0;
  let first: Pick<Hits, 'role' | 'at' | 'pieces'> | undefined;
  for (const { role, at, text } of lines) {
    if (role === 'tool') continue;
    const hits = [...text.matchAll(WORD)].filter(([word]) => isWanted(word));
    count += hits.length;
    if (hits.length > 0) first ??= { role, at, pieces: piecesOf(text, hits, areShown) };
  }
  return first && { count, ...first };
}

function matcherOf(q: string): (word: string) => boolean {
  const wanted = (q.match(WORD) ?? []).map(plain);
  const last = wanted.at(-1) ?? '';
  const isBegun = last.length >= SHORTEST_BEGINNING && !/\s$/.test(q);
  return (word) => {
    const said = plain(word);
    return wanted.includes(said) || (isBegun && said.startsWith(last));
  };
}

function piecesOf(text: string, hits: readonly RegExpExecArray[], areShown: boolean): Piece[] {
  const shown = (part: string) => (areShown ? part : dotted(part));
  const middle = hits[0]?.index ?? 0;
  const [from, to] = [wordBreak(text, middle - BEFORE), Math.min(text.length, middle + AFTER)];
  const pieces: Piece[] = from > 0 ? [{ text: '… ', isHit: false }] : [];
  let at = from;
  for (const { 0: word, index } of hits) {
    if (index + word.length > to) break;
    if (index > at) pieces.push({ text: shown(text.slice(at, index)), isHit: false });
    pieces.push({ text: word, isHit: true });
    at = index + word.length;
  }
  if (at < to) pieces.push({ text: shown(text.slice(at, to)), isHit: false });
  if (to < text.length) pieces.push({ text: ' …', isHit: false });
  return pieces;
}

/** The start of the next word at or after a position. */
function wordBreak(text: string, place: number): number {
  if (place <= 0) return 0;
  const space = text.indexOf(' ', place);
  return space === -1 ? place : space + 1;
}
