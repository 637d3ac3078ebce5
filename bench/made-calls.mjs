import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Rows of calls that were recorded once: every made call goes as one of these went. */
const RECORDED = new URL('../test/replay/calls/', import.meta.url);
/** Nine of ten calls go as one of these, some forty rows; the tenth as any that was recorded, most of which go wrong. */
const USUAL = [
  'greeting-by-clip',
  'barge-in-immediate',
  'long-turn',
  'slow-tool-with-filler',
  'tool-interrupted',
  'pcm16',
];

const YEAR_MS = 365 * 86_400_000;
const AGENTS = ['default', 'default', 'default', 'dentist', 'dentist', 'garage', 'hotel', 'night-desk'];
const WORDS = 20_000;
const SYLLABLES =
  'ba be bi da de do fa fi ga ge ha he ja ka ki la le lo ma me mi na ne no pa po ra re ri sa se so ta te to'.split(
    ' ',
  );
/** The words that are said most. */
const OFTEN =
  'the i you to a and it is in for my on appointment please thanks tomorrow morning price at can do have we are open monday haircut'.split(
    ' ',
  );

/** A number from 0 to 1 that is the same for the same seed and name, however many others there are. */
function chanceOf(seed, name) {
  return createHash('md5').update(`${seed} ${name}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Numbers from 0 to 1, one after the other (mulberry32). */
function chancesFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The word of a rank: the lower, the more often it is said. */
export function wordOf(rank) {
  if (rank < OFTEN.length) return OFTEN[rank];
  let [left, word] = [rank, ''];
  for (; left > 0; left = Math.floor(left / SYLLABLES.length)) word += SYLLABLES[left % SYLLABLES.length];
  return word;
}

/** Ranks go as words in speech do: one of twice the rank is said half as often. */
const rankOf = (chance) => Math.floor(WORDS ** chance) - 1;

/** As many callers as a quarter of the calls: few of them call often, most of them once or twice. */
export const callerOf = (chance, calls) => numberOf(Math.floor((calls / 4) * chance ** 2));

/** Numbers of area codes and lines that nobody has. */
export function numberOf(caller) {
  const area = 201 + (Math.floor(caller / 10_000) % 780);
  return `+1${String(area)}555${String(caller % 10_000).padStart(4, '0')}`;
}

function recordedScripts() {
  const version = readdirSync(RECORDED).sort().at(-1);
  const folder = new URL(`${version}/`, RECORDED);
  const names = readdirSync(folder).filter((name) => name.endsWith('.rows.jsonl'));
  const read = (name) =>
    readFileSync(new URL(name, folder), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const scripts = new Map(names.map((name) => [name.replace('.rows.jsonl', ''), read(name)]));
  return { usual: USUAL.map((name) => scripts.get(name)), others: [...scripts.values()] };
}

/** Calls of a year that ends at a time, in the order in which they came: the same ones for the same number of them. */
export function madeCalls({ calls, until, seed = 1 }) {
  const { usual, others } = recordedScripts();
  const timeOf = (n) => until - YEAR_MS + Math.floor(((n + chanceOf(seed, n)) * YEAR_MS) / calls);

  return function callAt(n) {
    const chance = chancesFrom(seed * 1_000_003 + n);
    const pick = (list) => list[Math.floor(chance() * list.length)];
    const script = pick(chance() < 0.9 ? usual : others);
    const at = timeOf(n);
    const callSid = `CA${createHash('md5')
      .update(`${String(seed)} call ${String(n)}`)
      .digest('hex')}`;
    const isOutbound = chance() < 0.1;
    const caller = chance() < 0.03 ? 'anonymous' : callerOf(chance(), calls);
    const own = '+12025550100';
    const sentence = () => {
      const words = 4 + Math.floor(chance() * 12);
      return Array.from({ length: words }, () => wordOf(rankOf(chance()))).join(' ');
    };
    return {
      ...{ n, at, callSid, caller, chance, script, sentence },
      agentId: pick(AGENTS),
      direction: isOutbound ? 'outbound' : 'inbound',
      from: isOutbound ? own : caller,
      to: isOutbound ? caller : own,
      isTest: chance() < 0.005,
      rows: rowsOf(script, { at, sentence }),
      reason: script.findLast(({ event }) => event === 'call.ended')?.body.reason ?? 'completed',
    };
  };
}

/** Told by the journal itself, by transactions of their own. */
const OWN_ROWS = new Set(['call.accepted', 'call.ended', 'next.decided', 'stream.accepted']);

/** The rows as a call tells them, with other words and at another time. */
function rowsOf(script, { at, sentence }) {
  const begun = Date.parse(script[0].at);
  return script
    .filter(({ event }) => !OWN_ROWS.has(event))
    .map(({ at: then, from, to, event, path, taken, regions, body }) => ({
      ...{ at: at + Date.parse(then) - begun, from, to, event, state: path, taken, regions },
      body: event === 'caller.said' || event === 'agent.said' ? { ...body, text: sentence() } : body,
    }));
}
