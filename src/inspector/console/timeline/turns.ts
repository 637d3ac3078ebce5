import { fieldOf, numberOf, type Row, textOf } from './row.ts';

/** What was said and done in a call, in the order in which it began. */
export type Turn = CallerTurn | AgentTurn | ToolTurn | DeskTurn | DigitsTurn;

interface TurnBase {
  /** Unlike any other turn's of the call. */
  readonly key: string;
  /** The row it began with. */
  readonly seq: number;
  /** Ms since the Unix epoch. */
  readonly at: number;
}

export interface CallerTurn extends TurnBase {
  readonly kind: 'caller';
  readonly itemId: string;
  /** Undefined until the words are known. */
  readonly text: string | undefined;
  readonly isUnclear: boolean;
  /** Undefined while the caller speaks. */
  readonly stoppedAt: number | undefined;
  /** It began while the agent was audible. */
  readonly isBargeIn: boolean;
  readonly language: string | undefined;
}

export interface AgentTurn extends TurnBase {
  readonly kind: 'agent';
  readonly itemId: string;
  /** The words heard; undefined until they are known. */
  readonly text: string | undefined;
  /** The words that were to come and were not heard, where the log has them. */
  readonly unheard: string | undefined;
  readonly isCut: boolean;
  readonly heardMs: number | undefined;
}

export interface ToolTurn extends TurnBase {
  readonly kind: 'tool';
  readonly toolCallId: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly argumentsJson: string;
  /** Undefined while it runs. */
  readonly outcome:
    { readonly status: string; readonly output: string; readonly durationMs: number } | undefined;
}

/** What an operator had the call do. */
export interface DeskTurn extends TurnBase {
  readonly kind: 'desk';
  readonly command: 'say' | 'whisper' | 'mute' | 'unmute' | 'pause' | 'resume' | 'transfer' | 'hang up';
  readonly text: string | undefined;
}

export interface DigitsTurn extends TurnBase {
  readonly kind: 'digits';
  readonly digits: string;
}

/** The turns that the rows tell of. Rows of any beginning of a call will do: what is not told yet is undefined. */
export function turnsOf(rows: readonly Row[]): Turn[] {
  const fold = new TurnFold();
  for (const row of rows) fold.take(row);
  return fold.turns();
}

/** Whether two folds tell the same of a turn. */
export function isSameTurn(one: Turn, other: Turn): boolean {
  const [known, told] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))];
  return (
    known.length === told.size &&
    known.every(([field, value]) => {
      const there = told.get(field);
      // Only an outcome is an object, and it comes once.
      return typeof value === 'object' ? typeof there === 'object' : value === there;
    })
  );
}

class TurnFold {
  readonly #turns = new Map<string, Turn>();
  #isAudible = false;
  #digits: string | undefined;

  turns(): Turn[] {
    return [...this.#turns.values()];
  }

  take(row: Row): void {
    const { event, body } = row;
    if (event !== 'digit.pressed' && row.actor === 'model') this.#digits = undefined;
    switch (event) {
      case 'playback.started':
        this.#isAudible = true;
        return;
      case 'playback.finished':
      case 'playback.cleared':
      case 'playback.paused':
        this.#isAudible = false;
        return;
      case 'caller.startedSpeaking':
        this.#caller(row, { isBargeIn: this.#isAudible });
        return;
      case 'caller.stoppedSpeaking':
        this.#caller(row, { stoppedAt: row.at });
        return;
      case 'caller.said': {
        const language = textOf(body, 'language');
        this.#caller(row, { text: textOf(body, 'text') ?? '', ...(language !== undefined && { language }) });
        return;
      }
      case 'caller.reworded':
        this.#caller(row, { text: textOf(body, 'text') ?? '' });
        return;
      case 'agent.reworded':
        this.#agent(row, { text: textOf(body, 'text') ?? '', unheard: textOf(body, 'unheard') });
        return;
      case 'caller.unclear':
        this.#caller(row, { isUnclear: true });
        return;
      case 'agent.startedItem':
        this.#agent(row, {});
        return;
      case 'agent.said':
        this.#agent(row, {
          text: textOf(body, 'text') ?? '',
          unheard: textOf(body, 'unheard'),
          isCut: fieldOf(body, 'interrupted') === true,
          heardMs: numberOf(body, 'heardMs'),
        });
        return;
      case 'tool.requested':
        this.#toolRequested(row);
        return;
      case 'tool.settled':
        this.#toolSettled(row);
        return;
      case 'digit.pressed':
        this.#digit(row);
        return;
      default:
        this.#desk(row);
    }
  }

  #caller(row: Row, what: Partial<CallerTurn>): void {
    const itemId = textOf(row.body, 'itemId') ?? `row ${String(row.seq)}`;
    const key = `caller ${itemId}`;
    const known = this.#turns.get(key);
    const base: CallerTurn =
      known?.kind === 'caller'
        ? known
        : {
            ...{ kind: 'caller', key, seq: row.seq, at: row.at, itemId },
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

  #agent(row: Row, what: Partial<AgentTurn>): void {
    const itemId = textOf(row.body, 'itemId') ?? `row ${String(row.seq)}`;
    const key = `agent ${itemId}`;
    const known = this.#turns.get(key);
    const base: AgentTurn =
      known?.kind === 'agent'
        ? known
        : {
            ...{ kind: 'agent', key, seq: row.seq, at: row.at, itemId },
            ...{ text: undefined, unheard: undefined, isCut: false, heardMs: undefined },
          };
    this.#turns.set(key, { ...base, ...what });
  }

  #toolRequested(row: Row): void {
    const request = fieldOf(row.body, 'request');
    const toolCallId = textOf(request, 'toolCallId') ?? `row ${String(row.seq)}`;
    const key = `tool ${toolCallId}`;
    this.#turns.set(key, {
      ...{ kind: 'tool', key, seq: row.seq, at: row.at, toolCallId, outcome: undefined },
      name: textOf(request, 'name') ?? 'a tool',
      argumentsJson: textOf(request, 'argumentsJson') ?? '',
    });
  }

  #toolSettled(row: Row): void {
    const key = `tool ${textOf(row.body, 'toolCallId') ?? ''}`;
    const turn = this.#turns.get(key);
    if (turn?.kind !== 'tool') return;
    const outcome = fieldOf(row.body, 'outcome');
    this.#turns.set(key, {
      ...turn,
      outcome: {
        status: textOf(outcome, 'status') ?? 'unknown',
        output: textOf(outcome, 'output') ?? '',
        durationMs: Math.max(0, row.at - turn.at),
      },
    });
  }

  #digit(row: Row): void {
    const digit = textOf(row.body, 'digit') ?? '•';
    const turn = this.#digits === undefined ? undefined : this.#turns.get(this.#digits);
    if (turn?.kind === 'digits') {
      this.#turns.set(turn.key, { ...turn, digits: turn.digits + digit });
      return;
    }
    const key = `digits ${String(row.seq)}`;
    this.#digits = key;
    this.#turns.set(key, { kind: 'digits', key, seq: row.seq, at: row.at, digits: digit });
  }

  #desk(row: Row): void {
    const command = commandOf(row);
    if (command === undefined) return;
    const key = `desk ${String(row.seq)}`;
    this.#turns.set(key, {
      kind: 'desk',
      key,
      seq: row.seq,
      at: row.at,
      command,
      text: textOf(row.body, 'text'),
    });
  }
}

function commandOf({ event, body }: Row): DeskTurn['command'] | undefined {
  switch (event) {
    case 'say.requested':
      return 'say';
    case 'whisper.requested':
      return 'whisper';
    case 'mute.requested':
      return fieldOf(body, 'muted') === false ? 'unmute' : 'mute';
    case 'recording.requested':
      return fieldOf(body, 'paused') === false ? 'resume' : 'pause';
    case 'transfer.requested':
      return 'transfer';
    case 'hangup.requested':
      return 'hang up';
    default:
      return undefined;
  }
}
