import type { FeedEvent } from '../../protocol/call-feed.ts';
import { maskValue, withoutFinds } from './card-mask.ts';
import type { CardWatch, SpokenLine } from './card-watch.ts';
import { isKeyed } from './keyed-entries.ts';

type Body = Readonly<Record<string, unknown>>;

/** What a recording goes by. */
export type CardNews =
  /** So many keys were pressed that it may be a card's number. */
  | { readonly type: 'keying' }
  /** A card's number, or its code, was given; it began at a time, ms since the Unix epoch. */
  | { readonly type: 'given'; readonly since: number }
  /** The caller has said something without a number in it. */
  | { readonly type: 'wordsWithoutDigits' };

export interface RowMaskParts {
  /** Keys are kept as dots. */
  readonly maskDigits: boolean;
  /** Undefined: the profile keeps card numbers. */
  readonly cards?: CardWatch | undefined;
  readonly onCards?: ((news: CardNews) => void) | undefined;
}

interface SaidWords {
  readonly itemId: string;
  readonly text: string;
  readonly unheard?: string;
}

/** The first six digits of a card's number name its bank, and nobody: the seventh key may be a secret. */
const KEYS_OF_NO_SECRET = 6;
/** Fields that hold ids. */
const ID = /(?:Id|Sid)$/;
/** Fields that hold JSON as text. */
const JSON_TEXT = new Set(['argumentsJson', 'output']);

/** What is written of a call's rows: without card numbers, and without keys where the profile says so. */
export class RowMask {
  readonly #parts: RowMaskParts;
  readonly #beganAt = new Map<string, number>();
  #reworded: SpokenLine[] = [];
  #keys = 0;
  #keyedSince: number | undefined;

  constructor(parts: RowMaskParts) {
    this.#parts = parts;
  }

  /** An event as it may be written. To be asked once for each, in order. */
  keptOf(told: FeedEvent, at: number): FeedEvent {
    const { cards, maskDigits } = this.#parts;
    switch (told.event) {
      case 'digit.pressed':
        this.#keyPressed(told.body.digit, at);
        // One key after the other is a number, too.
        return maskDigits || cards !== undefined ? { ...told, body: { ...told.body, digit: '•' } } : told;
      case 'addMessage':
        return isKeyed(told.body.text)
          ? { ...told, body: { ...told.body, text: this.#keyed(told.body.text, at) } }
          : this.#masked(told);
      case 'caller.startedSpeaking':
        this.#beganAt.set(`caller ${told.body.itemId}`, at);
        return this.#masked(told);
      case 'agent.startedItem':
        this.#beganAt.set(`agent ${told.body.itemId}`, at);
        return this.#masked(told);
      case 'caller.said':
        return cards === undefined
          ? told
          : { ...told, body: { ...told.body, ...this.#said(cards, 'caller', told.body, at) } };
      case 'agent.said':
        return cards === undefined
          ? told
          : { ...told, body: { ...told.body, ...this.#said(cards, 'agent', told.body, at) } };
      default:
        return this.#masked(told);
    }
  }

  /** Lines whose words are to be written again, since the last time that was asked. */
  takeReworded(): readonly SpokenLine[] {
    return this.#reworded.splice(0);
  }

  /** The call is over: what is still held is told. */
  release(): readonly SpokenLine[] {
    return [...this.takeReworded(), ...(this.#parts.cards?.release() ?? [])];
  }

  #masked(told: FeedEvent): FeedEvent {
    const { cards } = this.#parts;
    if (cards === undefined) return told;
    const body = masked(told.body, cards);
    // Of the same fields, with texts where there were texts.
    return body === told.body ? told : ({ ...told, body } as FeedEvent);
  }

  #said(cards: CardWatch, role: SpokenLine['role'], said: SaidWords, at: number): Omit<SaidWords, 'itemId'> {
    const { itemId, text, unheard } = said;
    const key = `${role} ${itemId}`;
    const told = cards.said({
      role,
      itemId,
      text,
      at: this.#beganAt.get(key) ?? at,
      ...(unheard !== undefined && { unheard }),
    });
    this.#beganAt.delete(key);
    this.#reworded.push(...told.reworded);
    if (told.cardSince !== undefined) this.#parts.onCards?.({ type: 'given', since: told.cardSince });
    else if (role === 'caller' && !told.hasDigits) {
      cards.keys.spoken();
      this.#keyedSince = undefined;
      this.#parts.onCards?.({ type: 'wordsWithoutDigits' });
    }
    const { line } = told;
    return { text: line.text, ...(line.unheard !== undefined && { unheard: line.unheard }) };
  }

  #keyPressed(key: string, at: number): void {
    if (key === '#') return;
    this.#keyedSince ??= at;
    if (++this.#keys > KEYS_OF_NO_SECRET && this.#parts.cards !== undefined)
      this.#parts.onCards?.({ type: 'keying' });
  }

  #keyed(text: string, at: number): string {
    const { cards, maskDigits, onCards } = this.#parts;
    this.#keys = 0;
    const entry = cards?.keys.take(text);
    if (entry?.removed === 'card') cards?.cardKeyed();
    if (entry?.removed !== undefined) {
      onCards?.({ type: 'given', since: this.#keyedSince ?? at });
      return entry.text;
    }
    return maskDigits ? KEPT_SECRET : text;
  }
}

const KEPT_SECRET = '[keypad] ••••';

/** Every text of a body but its ids. The body itself when there is nothing to hide. */
function masked(body: Body, cards: CardWatch): Body {
  const before = Object.entries(body);
  const kept = before.map(([name, value]) => (ID.test(name) ? value : maskedField(name, value, cards)));
  const isSame = before.every(([, value], i) => value === kept[i]);
  return isSame ? body : Object.fromEntries(before.map(([name], i) => [name, kept[i]]));
}

function maskedField(name: string, value: unknown, cards: CardWatch): unknown {
  if (typeof value === 'string') {
    return JSON_TEXT.has(name) ? cards.maskJson(value) : withoutFinds(value, cards.findsIn(value));
  }
  if (Array.isArray(value))
    return value.some((item) => typeof item === 'string') ? maskValue(value, cards.findsIn) : value;
  return typeof value === 'object' && value !== null ? masked(value as Body, cards) : value;
}
