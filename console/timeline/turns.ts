import type { BodyOf, EventName } from '../../src/protocol/call-feed.ts';
import type { CallLoss } from '../../src/protocol/console-calls.ts';
import { LossFold } from '../../src/protocol/losses.ts';
import { isBargeIn, isLineGone } from '../../src/protocol/speaking.ts';
import type { Row } from './row.ts';

type RowOf<Event extends EventName> = Extract<Row, { readonly event: Event }>;

/** What was said and done in a call, in the order in which it began. */
export type Turn = CallerTurn | AgentTurn | ToolTurn | DeskTurn | TransferTurn | LossTurn | DigitsTurn;

interface TurnBase {
  /** Unique among the turns of the call. */
  readonly key: string;
  /** The number of the row at which it began. */
  readonly seq: number;
  /** When it began, in ms since the Unix epoch. */
  readonly at: number;
  /** What would have told the rest of it was lost: its session, or the process. Such words may still come. */
  readonly isBrokenOff?: true;
}

export interface CallerTurn extends TurnBase {
  readonly kind: 'caller';
  readonly itemId: string;
  /** Undefined until the words are known. */
  readonly text: string | undefined;
  readonly isUnclear: boolean;
  /** Undefined while the caller speaks. */
  readonly stoppedAt: number | undefined;
  /** True when the caller spoke over the agent, who fell silent. */
  readonly isBargeIn: boolean;
  readonly language: string | undefined;
}

export interface AgentTurn extends TurnBase {
  readonly kind: 'agent';
  readonly itemId: string;
  /** The words that were heard; undefined until they are known. */
  readonly text: string | undefined;
  /** The words that were not heard any more; undefined when the log does not have them. */
  readonly unheard: string | undefined;
  readonly isCut: boolean;
  readonly heardMs: number | undefined;
}

export interface ToolTurn extends TurnBase {
  readonly kind: 'tool';
  readonly toolCallId: string;
  readonly name: string;
  /** The arguments as JSON text, as the model wrote them. */
  readonly argumentsJson: string;
  /** Undefined while it runs. */
  readonly outcome:
    | (Pick<BodyOf<'tool.settled'>['outcome'], 'status' | 'output'> & { readonly durationMs: number })
    | undefined;
}

/** A command that an operator gave to the call. */
export interface DeskTurn extends TurnBase {
  readonly kind: 'desk';
  readonly command: 'say' | 'whisper' | 'mute' | 'unmute' | 'pause' | 'resume' | 'transfer' | 'hang up';
  readonly text: string | undefined;
}

/** A transfer that has ended. */
export interface TransferTurn extends TurnBase {
  readonly kind: 'transfer';
  readonly result: BodyOf<'transfer.ended'>['result'];
}

/** Something that the call lost, or a process that handed it over. */
export interface LossTurn extends TurnBase, Pick<CallLoss, 'of' | 'isPlanned' | 'gapMs' | 'isForGood'> {
  readonly kind: 'loss';
}

export interface DigitsTurn extends TurnBase {
  readonly kind: 'digits';
  readonly digits: string;
}

/**
 * The turns of a call up to a row, from all rows up to it. What is not known yet is undefined.
 *
 * @param isAwaited - no process has the call any more, which none of its rows tells.
 */
export function turnsOf(rows: readonly Row[], isAwaited = false): Turn[] {
  const fold = new TurnFold();
  for (const row of rows) fold.take(row);
  const last = rows.at(-1);
  if (isAwaited && last !== undefined) fold.leave(last);
  return fold.turns();
}

/** Whether two turns have the same content. */
export function isSameTurn(one: Turn, other: Turn): boolean {
  const [known, told] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))];
  return (
    known.length === told.size &&
    known.every(([field, value]) => {
      const there = told.get(field);
      // The only object is an outcome, which does not change once it is there.
      return typeof value === 'object' ? typeof there === 'object' : value === there;
    })
  );
}

class TurnFold {
  readonly #turns = new Map<string, Turn>();
  /** The key of the caller's last turn. */
  #callerKey: string | undefined;
  #digits: string | undefined;
  readonly #losses = new LossFold();
  #lossCount = 0;

  turns(): Turn[] {
    return [...this.#turns.values()];
  }

  take(row: Row): void {
    if (row.event !== 'digit.pressed' && (row.from === 'model' || row.to === 'model'))
      this.#digits = undefined;
    if (isBargeIn(row)) this.#bargedIn();
    this.#loses(row);
    if (isLineGone(row)) this.#callerStops(row.at);
    switch (row.event) {
      case 'caller.startedSpeaking':
        this.#caller(row, row.body.itemId, {});
        return;
      case 'caller.stoppedSpeaking':
        this.#caller(row, row.body.itemId, { stoppedAt: row.at });
        return;
      case 'caller.said': {
        const { itemId, text, language } = row.body;
        this.#caller(row, itemId, { text, ...(language !== undefined && { language }) });
        return;
      }
      case 'caller.reworded':
        this.#caller(row, row.body.itemId, { text: row.body.text });
        return;
      case 'caller.unclear':
        this.#caller(row, row.body.itemId, { isUnclear: true });
        return;
      case 'agent.reworded': {
        const { itemId, text, unheard } = row.body;
        this.#agent(row, itemId, { text, unheard });
        return;
      }
      case 'agent.startedItem':
        this.#agent(row, row.body.itemId, {});
        return;
      case 'agent.said': {
        const { itemId, text, unheard, interrupted: isCut, heardMs } = row.body;
        this.#agent(row, itemId, { text, unheard, isCut, heardMs });
        return;
      }
      case 'tool.requested':
        this.#toolRequested(row);
        return;
      case 'tool.settled':
        this.#toolSettled(row);
        return;
      case 'digit.pressed':
        this.#digit(row);
        return;
      case 'transfer.ended':
        this.#transferEnded(row);
        return;
      default:
        this.#desk(row);
    }
  }

  #bargedIn(): void {
    const turn = this.#callerKey === undefined ? undefined : this.#turns.get(this.#callerKey);
    if (turn?.kind === 'caller') this.#turns.set(turn.key, { ...turn, isBargeIn: true });
  }

  #caller({ seq, at, event }: Row, itemId: string, what: Partial<CallerTurn>): void {
    const key = `caller ${itemId}`;
    if (event === 'caller.startedSpeaking') this.#callerKey = key;
    const known = this.#turns.get(key);
    const base: CallerTurn =
      known?.kind === 'caller'
        ? known
        : {
            ...{ kind: 'caller', key, seq, at, itemId },
            ...{
              text: undefined,
              isUnclear: false,
              stoppedAt: undefined,
              isBargeIn: false,
              language: undefined,
            },
          };
    this.#turns.set(key, { ...base, ...what });
  }

  #agent({ seq, at }: Row, itemId: string, what: Partial<AgentTurn>): void {
    const key = `agent ${itemId}`;
    const known = this.#turns.get(key);
    const base: AgentTurn =
      known?.kind === 'agent'
        ? known
        : {
            ...{ kind: 'agent', key, seq, at, itemId },
            ...{ text: undefined, unheard: undefined, isCut: false, heardMs: undefined },
          };
    this.#turns.set(key, { ...base, ...what });
  }

  #toolRequested({ seq, at, body }: RowOf<'tool.requested'>): void {
    const { toolCallId, name, argumentsJson } = body.request;
    const key = `tool ${toolCallId}`;
    this.#turns.set(key, {
      ...{ kind: 'tool', key, seq, at, toolCallId, name, argumentsJson, outcome: undefined },
    });
  }

  #toolSettled({ at, body }: RowOf<'tool.settled'>): void {
    const key = `tool ${body.toolCallId}`;
    const turn = this.#turns.get(key);
    if (turn?.kind !== 'tool') return;
    const { status, output } = body.outcome;
    this.#turns.set(key, { ...turn, outcome: { status, output, durationMs: Math.max(0, at - turn.at) } });
  }

  #digit({ seq, at, body: { digit } }: RowOf<'digit.pressed'>): void {
    const turn = this.#digits === undefined ? undefined : this.#turns.get(this.#digits);
    if (turn?.kind === 'digits') {
      this.#turns.set(turn.key, { ...turn, digits: turn.digits + digit });
      return;
    }
    const key = `digits ${String(seq)}`;
    this.#digits = key;
    this.#turns.set(key, { kind: 'digits', key, seq, at, digits: digit });
  }

  #transferEnded({ seq, at, body: { result } }: RowOf<'transfer.ended'>): void {
    const key = `transfer ${String(seq)}`;
    this.#turns.set(key, { kind: 'transfer', key, seq, at, result });
  }

  leave(last: Row): void {
    this.#losses.leave(last);
    this.#showLosses();
  }

  #loses(row: Row): void {
    this.#losses.take({ ...row, state: row.path });
    this.#showLosses();
  }

  #showLosses(): void {
    const { losses } = this.#losses;
    for (const loss of losses.slice(this.#lossCount)) this.#breakOff(loss);
    this.#lossCount = losses.length;
    for (const loss of losses) {
      const key = `loss ${loss.of} ${String(loss.seq)}`;
      this.#turns.set(key, { kind: 'loss', key, ...loss });
    }
  }

  /** Nobody tells any more that the caller stops, nor what they said; and of a process that is gone nobody tells anything. */
  #breakOff({ of, at, isPlanned }: CallLoss): void {
    this.#callerStops(at);
    if (of === 'stream' || isPlanned) return;
    for (const turn of this.#turns.values())
      if (isPending(turn) && (of === 'process' || turn.kind === 'caller'))
        this.#turns.set(turn.key, { ...turn, isBrokenOff: true });
  }

  #callerStops(at: number): void {
    for (const turn of this.#turns.values())
      if (turn.kind === 'caller' && turn.stoppedAt === undefined)
        this.#turns.set(turn.key, { ...turn, stoppedAt: Math.max(turn.at, at) });
  }

  #desk(row: Row): void {
    const done = commandOf(row);
    if (done === undefined) return;
    const { seq, at } = row;
    const key = `desk ${String(seq)}`;
    this.#turns.set(key, { kind: 'desk', key, seq, at, text: undefined, ...done });
  }
}

/** Of what is said the words are not known, or a tool runs. */
const isPending = (turn: Turn) =>
  turn.kind === 'tool' ? turn.outcome === undefined : 'itemId' in turn && turn.text === undefined;

function commandOf(row: Row): { command: DeskTurn['command']; text?: string } | undefined {
  switch (row.event) {
    case 'say.requested':
      return { command: 'say', text: row.body.text };
    case 'whisper.requested':
      return { command: 'whisper', text: row.body.text };
    case 'mute.requested':
      return { command: row.body.muted ? 'mute' : 'unmute' };
    case 'recording.requested':
      return { command: row.body.paused ? 'pause' : 'resume' };
    case 'transfer.requested':
      return { command: 'transfer' };
    case 'hangup.requested':
      return { command: 'hang up' };
    default:
      return undefined;
  }
}
