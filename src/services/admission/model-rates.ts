import type { Usage } from '../../machines/call/call.events.ts';

/**
 * What the model costs, in any one currency: a million tokens of each kind, and
 * a minute of the caller transcribed. Source: the model's page at OpenAI.
 */
export interface ModelRates {
  readonly textIn: number;
  readonly audioIn: number;
  /** Input of either kind that the far end had kept. */
  readonly cached: number;
  readonly textOut: number;
  readonly audioOut: number;
  readonly transcribedMinute: number;
}

/** The names that rates go by in a setting, in the order in which they are told. */
const NAMES: Readonly<Record<string, keyof ModelRates>> = {
  'text-in': 'textIn',
  'audio-in': 'audioIn',
  cached: 'cached',
  'text-out': 'textOut',
  'audio-out': 'audioOut',
  'transcribed-minute': 'transcribedMinute',
};

export const FREE: ModelRates = {
  ...{ textIn: 0, audioIn: 0, cached: 0 },
  ...{ textOut: 0, audioOut: 0, transcribedMinute: 0 },
};

/** Reads `text-in=4,audio-in=32,...`: every name once. Undefined when it is anything else. */
export function readModelRates(text: string): ModelRates | undefined {
  const rates: Partial<Record<keyof ModelRates, number>> = {};
  for (const part of text.split(',')) {
    const [, name = '', rate = ''] = /^ *([a-z-]{1,40})=(\d{1,6}(?:\.\d{1,6})?) *$/.exec(part) ?? [];
    const key = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (key === undefined || rates[key] !== undefined) return undefined;
    rates[key] = Number(rate);
  }
  return Object.keys(rates).length === Object.keys(NAMES).length ? (rates as ModelRates) : undefined;
}

/** A token of the caller's audio is 100 ms. */
const AUDIO_TOKENS_OF_A_MINUTE = 600;

/**
 * The cost of a usage report, in millionths of the rates' currency: a rate of
 * a million tokens is that many millionths of one. An estimate: what of the
 * input was cached is not told by kind, and counts for text first, which is
 * the cheaper, so that it is not too low.
 */
export function costMicrosOf(usage: Usage, rates: ModelRates): number {
  if (usage.kind === 'transcription') {
    const minutes = amount(usage.seconds) / 60 + amount(usage.inputAudioTokens) / AUDIO_TOKENS_OF_A_MINUTE;
    return minutes * rates.transcribedMinute * 1e6;
  }
  const text = amount(usage.inputTextTokens);
  const audio = amount(usage.inputAudioTokens);
  const cached = Math.min(amount(usage.cachedTokens), text + audio);
  const cachedText = Math.min(cached, text);
  const cachedAudio = cached - cachedText;
  return (
    (text - cachedText) * rates.textIn +
    (audio - cachedAudio) * rates.audioIn +
    cached * rates.cached +
    amount(usage.outputTextTokens) * rates.textOut +
    amount(usage.outputAudioTokens) * rates.audioOut
  );
}

/** A report comes from outside: what is no amount is none, and nothing is paid back. */
const amount = (count: unknown): number =>
  typeof count === 'number' && Number.isFinite(count) && count > 0 ? count : 0;
