import type { ToolOutcome } from '../../machines/call/call.events.ts';
import { isoOf } from './instant.ts';
import type { StoredEvent, TranscriptLine } from './journal.port.ts';

/** A place in the conversation, kept from the moment somebody began to speak until the words are known. */
interface Place {
  readonly role: TranscriptLine['role'];
  readonly at: string;
  readonly itemId: string;
  text: string;
  /** Of the agent: what came and was not heard. */
  unheard: string;
  /** A caller's turn is cut until it is committed or transcribed. */
  interrupted: boolean;
}

const OUTCOME_IN_WORDS: Readonly<Record<ToolOutcome['status'], string>> = {
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
 * was heard has no line. Never throws: a row that lacks a field is passed over.
 */
export function transcriptOf(rows: readonly StoredEvent[]): TranscriptLine[] {
  return placesOf(rows)
    .filter(({ role, text }) => role !== 'agent' || text !== '')
    .map(lineOf);
}

/** The same with what was not heard: `unheard` of lines that were cut, and the lines of which nothing was heard. */
export function transcriptWithUnheard(rows: readonly StoredEvent[]): TranscriptLine[] {
  return placesOf(rows)
    .filter(({ role, text, unheard }) => role !== 'agent' || text !== '' || unheard !== '')
    .map((place) => (place.unheard === '' ? lineOf(place) : place));
}

const lineOf = ({ role, text, at, itemId, interrupted }: Place): TranscriptLine => ({
  role,
  text,
  at,
  itemId,
  interrupted,
});

function placesOf(rows: readonly StoredEvent[]): Place[] {
  const places = new Map<string, Place>();
  for (const row of rows) place(places, row);
  return [...places.values()];
}

function place(places: Map<string, Place>, row: StoredEvent): void {
  const { at, body } = row;
  const reserve = (role: Place['role'], id: unknown): Place | undefined => {
    if (typeof id !== 'string') return undefined;
    const key = `${role} ${id}`;
    const reserved = places.get(key) ?? {
      role,
      at: isoOf(at),
      itemId: id,
      text: '',
      unheard: '',
      interrupted: role === 'caller',
    };
    places.set(key, reserved);
    return reserved;
  };

  switch (row.event) {
    case 'caller.startedSpeaking':
      reserve('caller', body['itemId']);
      return;
    case 'caller.committed':
    case 'caller.unclear':
      fill(reserve('caller', body['itemId']), { interrupted: false });
      return;
    case 'caller.said':
      fill(reserve('caller', body['itemId']), { interrupted: false, text: body['text'] });
      return;
    case 'caller.reworded':
      reword(places.get(`caller ${String(body['itemId'])}`), body);
      return;
    case 'agent.reworded':
      reword(places.get(`agent ${String(body['itemId'])}`), body);
      return;
    case 'agent.startedItem':
      reserve('agent', body['itemId']);
      return;
    case 'agent.said':
      fill(reserve('agent', body['itemId']), {
        interrupted: body['interrupted'] === true,
        text: body['text'],
        unheard: body['unheard'],
      });
      return;
    case 'tool.settled':
      fill(reserve('tool', body['toolCallId']), { interrupted: false, text: toolLine(body) });
      return;
  }
}

/** Other words than those that stood there: some were held back at first. */
function reword(line: Place | undefined, { text, unheard }: StoredEvent['body']): void {
  if (line !== undefined) fill(line, { interrupted: line.interrupted, text, unheard });
}

function fill(
  line: Place | undefined,
  known: { interrupted: boolean; text?: unknown; unheard?: unknown },
): void {
  if (line === undefined) return;
  line.interrupted = known.interrupted;
  if (typeof known.text === 'string') line.text = known.text;
  if (typeof known.unheard === 'string') line.unheard = known.unheard;
}

function toolLine({ name, outcome }: StoredEvent['body']): string {
  const status: unknown =
    typeof outcome === 'object' && outcome !== null && 'status' in outcome ? outcome.status : '';
  const words = typeof status === 'string' && isStatus(status) ? OUTCOME_IN_WORDS[status] : 'settled';
  return `${typeof name === 'string' ? name : 'tool'}: ${words}`;
}

const isStatus = (word: string): word is ToolOutcome['status'] => Object.hasOwn(OUTCOME_IN_WORDS, word);
