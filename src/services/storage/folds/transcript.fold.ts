import { isoOf } from './instant.ts';
import type { BodyOf, StoredEntry } from '../../../protocol/call-feed.ts';
import type { TranscriptLine } from '../../../protocol/console-calls.ts';

/** A place in the conversation, kept from the moment somebody began to speak until the words are known. */
interface LinePlace {
  readonly role: TranscriptLine['role'];
  readonly at: string;
  readonly itemId: string;
  text: string;
  /** Of the agent: what came and was not heard. */
  unheard: string;
  /** A caller's turn is cut until it is committed or transcribed. */
  interrupted: boolean;
}

type ToolEnd = BodyOf<'tool.settled'>;

const OUTCOME_IN_WORDS: Readonly<Record<ToolEnd['outcome']['status'], string>> = {
  ok: 'done',
  failed: 'failed',
  timedOut: 'timed out',
  refused: 'refused',
  cancelled: 'cancelled',
};

/**
 * What was said in a call, in the order spoken.
 *
 * A place is reserved by whatever tells first that somebody speaks; the words
 * fill it whenever they come, so a late transcription lands where it was said.
 * `at` is when the place was reserved. An item of the agent of which nothing
 * was heard has no line.
 */
export function transcriptOf(rows: readonly StoredEntry[]): TranscriptLine[] {
  return placesOf(rows)
    .filter(({ role, text }) => role !== 'agent' || text !== '')
    .map(lineOf);
}

/** The same with what was not heard: `unheard` of lines that were cut, and the lines of which nothing was heard. */
export function transcriptWithUnheard(rows: readonly StoredEntry[]): TranscriptLine[] {
  return placesOf(rows)
    .filter(({ role, text, unheard }) => role !== 'agent' || text !== '' || unheard !== '')
    .map((place) => (place.unheard === '' ? lineOf(place) : place));
}

const lineOf = ({ role, text, at, itemId, interrupted }: LinePlace): TranscriptLine => ({
  role,
  text,
  at,
  itemId,
  interrupted,
});

function placesOf(rows: readonly StoredEntry[]): LinePlace[] {
  const places = new Map<string, LinePlace>();
  for (const row of rows) place(places, row);
  return [...places.values()];
}

function place(places: Map<string, LinePlace>, row: StoredEntry): void {
  const reserve = (role: LinePlace['role'], itemId: string): LinePlace => {
    const key = `${role} ${itemId}`;
    const reserved = places.get(key) ?? {
      role,
      at: isoOf(row.at),
      itemId,
      text: '',
      unheard: '',
      interrupted: role === 'caller',
    };
    places.set(key, reserved);
    return reserved;
  };

  switch (row.event) {
    case 'caller.startedSpeaking':
      reserve('caller', row.body.itemId);
      return;
    case 'caller.committed':
    case 'caller.unclear':
      fill(reserve('caller', row.body.itemId), { interrupted: false });
      return;
    case 'caller.said':
      fill(reserve('caller', row.body.itemId), { interrupted: false, text: row.body.text });
      return;
    case 'caller.reworded':
      reword(places.get(`caller ${row.body.itemId}`), row.body);
      return;
    case 'agent.reworded':
      reword(places.get(`agent ${row.body.itemId}`), row.body);
      return;
    case 'agent.startedItem':
      reserve('agent', row.body.itemId);
      return;
    case 'agent.said':
      fill(reserve('agent', row.body.itemId), row.body);
      return;
    case 'tool.settled':
      fill(reserve('tool', row.body.toolCallId), { interrupted: false, text: toolLine(row.body) });
      return;
    default:
      return;
  }
}

/** Other words than those that stood there: some were held back at first. */
function reword(line: LinePlace | undefined, { text, unheard }: BodyOf<'agent.reworded'>): void {
  if (line !== undefined) fill(line, { interrupted: line.interrupted, text, unheard });
}

function fill(
  line: LinePlace,
  known: { interrupted: boolean; text?: string; unheard?: string | undefined },
): void {
  line.interrupted = known.interrupted;
  line.text = known.text ?? line.text;
  line.unheard = known.unheard ?? line.unheard;
}

const toolLine = ({ name, outcome }: ToolEnd) => `${name}: ${OUTCOME_IN_WORDS[outcome.status]}`;
