/**
 * The environment as editors, shells, secret stores and Windows leave it, made
 * one: every value is normalised here, before anything reads it, or refused.
 */
import { parseEnv } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** Blanks, marks of byte order, and what cannot be seen at all. */
const EDGE = /[\s\u200b-\u200f\u2060\ufeff]/;
/** What nobody types and nobody sees; in a URL or a secret it would differ from what it looks like. */
const UNSEEN = /[\p{Cc}\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/u;
const LINES = /[\t\n\r]/g;
const QUOTES = ['""', "''", '“”', '‘’', '``'];

function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && EDGE.test(text.charAt(start))) start += 1;
  while (end > start && EDGE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** A value without what was written around it. */
export function unwrapped(value: string): string {
  const text = trimmed(value);
  const isQuoted = text.length >= 2 && QUOTES.includes(`${text.charAt(0)}${text.slice(-1)}`);
  return isQuoted ? trimmed(text.slice(1, -1)) : text;
}

/** A value of nothing but blanks stays, to be refused: somebody meant something, a secret perhaps. A line end is none. */
function meant(value: string): string {
  const text = unwrapped(value);
  const isEmpty = /^[\r\n]*$/.test(value) || QUOTES.includes(trimmed(value));
  return text !== '' || isEmpty ? text : value;
}

/**
 * Every variable that `isOurs` names, unwrapped. A name that begins with a mark or a blank is the one behind it, unless
 * that one is set, too. What else is in the environment stays as it is.
 */
export function normalised(environment: Environment, isOurs: (name: string) => boolean): Environment {
  const read: Record<string, string | undefined> = { ...environment };
  for (const [written, value] of Object.entries(environment)) {
    const name = trimmed(written);
    if (!isOurs(name) || value === undefined) continue;
    if (name === written || environment[name] === undefined) read[name] = meant(value);
  }
  return read;
}

/** What cannot be meant in a value that was unwrapped; it completes the sentence "NAME: ...". Lines are for secrets of tools. */
export function blemishOf(value: string, mayHaveLines = false): string | undefined {
  if (value !== '' && unwrapped(value) === '') return 'is blank: leave it out, or empty';
  if (value.includes('\ufffd')) return 'holds a character that was lost: write it as UTF-8';
  if (UNSEEN.test(mayHaveLines ? value.replace(LINES, '') : value)) {
    return 'holds a character that cannot be seen: type it anew';
  }
  if (!mayHaveLines && (isQuote(value.charAt(0)) || isQuote(value.slice(-1)))) {
    return 'has a quote at one end, or several: write it without';
  }
  return undefined;
}

const isQuote = (character: string) => character !== '' && QUOTES.some((pair) => pair.includes(character));

/** What a `.env` says. Node loses the variable behind a line of blanks, and one behind a carriage return alone. */
export function parseWritten(text: string): Environment {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^[^\S\n]+/gm, '');
  return parseEnv(lines);
}
