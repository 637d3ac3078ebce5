import type { Frame } from '../../inspector/frame.ts';
import { TurnTimesFold, waitOf } from '../../protocol/turn-times.ts';
import type { Latency } from './metric-rows.ts';
import type { Metrics } from './metrics.ts';

/**
 * Books what people wait for in one call. Frames are dated by the call's own
 * clock, which does not jump. Never throws: a frame that lacks a field counts for nothing.
 */
export class CallTimer {
  readonly #metrics: Pick<Metrics, 'took'>;
  readonly #turns = new TurnTimesFold();
  readonly #toolsSince = new Map<string, number>();
  #isGreeted = false;
  #speech: { readonly firstSoundAt: number; readonly toldAt: number } | undefined;
  #modelSince: { readonly at: number; readonly latency: Latency } | undefined;
  #modelLostAt: number | undefined;

  constructor(metrics: Pick<Metrics, 'took'>) {
    this.#metrics = metrics;
  }

  /** Takes every frame of the call. */
  take(frame: Frame): void {
    switch (frame.kind) {
      case 'actor':
        if (frame.actor === 'model') this.#modelOpens(frame.at);
        return;
      case 'event':
        if (frame.to === 'call') this.#told(frame.at, frame.type, frame.body);
        if (frame.to === 'phone') this.#ordered(frame.at, frame.type);
        return;
      case 'step':
      case 'end':
        return;
    }
  }

  #told(at: number, event: string, body: Readonly<Record<string, unknown>>): void {
    const answered = this.#turns.take({ seq: 0, at, event, body });
    if (answered !== undefined) this.#book(waitOf(answered));
    switch (event) {
      case 'playback.started':
        this.#greeted();
        return;
      case 'caller.startedSpeaking':
        this.#speech = { firstSoundAt: at - (msOf(body['soundMs']) ?? 0), toldAt: at };
        return;
      case 'caller.stoppedSpeaking':
        this.#speech = undefined;
        return;
      case 'model.configured':
        if (this.#modelSince !== undefined)
          this.#metrics.took(this.#modelSince.latency, at - this.#modelSince.at);
        this.#modelSince = undefined;
        this.#modelLostAt = undefined;
        return;
      case 'model.lost':
        this.#modelLostAt ??= at;
        return;
      case 'tool.requested':
        this.#toolsSince.set(textOf(body['request'], 'toolCallId'), at);
        return;
      case 'tool.settled':
        this.#settled(textOf(body, 'toolCallId'), at);
        return;
    }
  }

  #ordered(at: number, order: string): void {
    if (order !== 'clearPlayback' && order !== 'pausePlayback') return;
    const speech = this.#speech;
    if (speech === undefined) return;
    this.#speech = undefined;
    this.#metrics.took('clear', at - speech.toldAt);
    this.#metrics.took('bargeIn', at - speech.firstSoundAt);
  }

  #book({ noticedMs, modelMs, toolsMs, playbackMs, totalMs }: ReturnType<typeof waitOf>): void {
    if (totalMs === undefined) return;
    this.#metrics.took('reply', totalMs);
    this.#metrics.took('replyNoticed', noticedMs);
    this.#metrics.took('replyModel', modelMs);
    if (toolsMs > 0) this.#metrics.took('replyTools', toolsMs);
    this.#metrics.took('replyPlayback', playbackMs);
  }

  #greeted(): void {
    const { greetingMs } = this.#turns;
    if (this.#isGreeted || greetingMs === undefined) return;
    this.#isGreeted = true;
    this.#metrics.took('greeting', greetingMs);
  }

  /** A session that follows a lost one is waited for since the loss. */
  #modelOpens(at: number): void {
    this.#modelSince =
      this.#modelLostAt === undefined
        ? { at, latency: 'modelReady' }
        : { at: this.#modelLostAt, latency: 'modelReplaced' };
  }

  #settled(toolCallId: string, at: number): void {
    const since = this.#toolsSince.get(toolCallId);
    if (since === undefined) return;
    this.#toolsSince.delete(toolCallId);
    this.#metrics.took('tool', at - since);
  }
}

const msOf = (value: unknown) => (typeof value === 'number' ? value : undefined);

function textOf(value: unknown, field: string): string {
  const text = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : '';
  return typeof text === 'string' ? text : '';
}
