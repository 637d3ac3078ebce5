import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';

/** How long lines like one that was written are held back, in ms. */
const WINDOW_MS = 60_000;

/**
 * Kinds of one sentence that are told apart in a window; the others are one more. A peer that makes up codes gets so
 * many lines, and not one for each.
 */
const MAX_KINDS = 8;
const OTHERS = 'others';

/** Fields that say which kind a line is of; all come from lists of the code, or are held in check by {@link MAX_KINDS}. */
const KIND_FIELDS = ['code', 'door', 'reason', 'rule', 'tool', 'server', 'status'];

type Level = 'warn' | 'error';

interface SampledLine {
  readonly level: Level;
  readonly fields: object;
  readonly sentence: string;
}

/** Lines of one kind since the last one that was written. */
interface Held {
  count: number;
  last: SampledLine | undefined;
  timer: unknown;
}

/**
 * A log in which trouble cannot drown the rest: of warnings and errors that say
 * the same, the first is written at once, and the others as one line for each
 * minute, which is the last of them and says in `leftOut` how many like it were
 * not written. What a call or a request did when all is well is never held back.
 *
 * The same is: the sentence, the error's code or what else tells kinds apart,
 * and the place in the code. Not the call: a trouble of a hundred calls is one.
 */
export class LogSampler implements Log {
  readonly #log: Log;
  readonly #clock: Clock;
  /** By sentence and kind. */
  readonly #held = new Map<string, Map<string, Held>>();
  #isFlushed = false;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  debug(fields: object, sentence: string): void {
    this.#log.debug(fields, sentence);
  }

  info(fields: object, sentence: string): void {
    this.#log.info(fields, sentence);
  }

  warn(fields: object, sentence: string): void {
    this.#tell({ level: 'warn', fields, sentence });
  }

  error(fields: object, sentence: string): void {
    this.#tell({ level: 'error', fields, sentence });
  }

  /** Writes what is held back, and from now on everything: the process is about to end. */
  flush(): void {
    this.#isFlushed = true;
    for (const kinds of this.#held.values()) {
      for (const held of kinds.values()) {
        this.#clock.clearTimeout(held.timer);
        this.#write(held);
      }
    }
    this.#held.clear();
  }

  #tell(line: SampledLine): void {
    const { level, sentence } = line;
    const kinds = this.#held.get(sentence) ?? new Map<string, Held>();
    this.#held.set(sentence, kinds);
    const own = `${level} ${kindOf(line.fields)}`;
    const kind = kinds.has(own) || kinds.size < MAX_KINDS ? own : OTHERS;
    const held = kinds.get(kind);
    if (held !== undefined) {
      held.count += 1;
      held.last = line;
      return;
    }
    this.#log[level](line.fields, sentence);
    if (this.#isFlushed) return;
    const begun: Held = { count: 0, last: undefined, timer: undefined };
    kinds.set(kind, begun);
    this.#open(sentence, kind, begun);
  }

  #open(sentence: string, kind: string, held: Held): void {
    held.timer = this.#clock.setTimeout(() => {
      if (this.#write(held)) this.#open(sentence, kind, held);
      else this.#forget(sentence, kind);
    }, WINDOW_MS);
  }

  /** False when nothing was held back. */
  #write(held: Held): boolean {
    const { last, count } = held;
    if (last === undefined) return false;
    held.count = 0;
    held.last = undefined;
    const leftOut = count - 1;
    this.#log[last.level](leftOut === 0 ? last.fields : { ...last.fields, leftOut }, last.sentence);
    return true;
  }

  #forget(sentence: string, kind: string): void {
    const kinds = this.#held.get(sentence);
    kinds?.delete(kind);
    if (kinds?.size === 0) this.#held.delete(sentence);
  }
}

function kindOf(fields: object): string {
  const own = fields as Readonly<Record<string, unknown>>;
  const { error, at } = own;
  const place: unknown = Array.isArray(at) ? at[0] : undefined;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  return [...KIND_FIELDS.map((field) => own[field]), code, place].map(wordOf).join(' ');
}

/** A peer's text would be a key of any length. */
const wordOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 100) : typeof value === 'number' ? String(value) : '';
