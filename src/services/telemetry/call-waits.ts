import { type FeedEntry, type FeedListener, listenerOf } from '../../protocol/call-feed.ts';
import { SpeakingFold } from '../../protocol/speaking.ts';
import { TurnTimesFold, waitOf } from '../../protocol/turn-times.ts';
import type { Metrics } from './metrics.ts';

/** Books what people wait for in one call. Entries are dated by the call's own clock, which does not jump. */
export class CallWaits {
  readonly #metrics: Pick<Metrics, 'took'>;
  readonly #turns = new TurnTimesFold();
  readonly #floor = new SpeakingFold();
  readonly #toolsSince = new Map<string, number>();
  #isGreeted = false;
  /** Speech over the agent, as long as nothing else has been told. */
  #speechOver: { readonly firstSoundAt: number; readonly toldAt: number } | undefined;
  #beganAt: number | undefined;
  readonly #note: FeedListener = listenerOf({
    'call.began': ({ at }) => {
      this.#beganAt = at;
    },
    'model.configured': ({ at }) => {
      this.#ready(at);
    },
    'playback.started': () => {
      this.#greeted();
    },
    clearPlayback: ({ at }) => {
      this.#silenced(at);
    },
    pausePlayback: ({ at }) => {
      this.#silenced(at);
    },
    'tool.requested': ({ at, body }) => {
      this.#toolsSince.set(body.request.toolCallId, at);
    },
    'tool.settled': ({ at, body }) => {
      this.#settled(body.toolCallId, at);
    },
  });

  constructor(metrics: Pick<Metrics, 'took'>) {
    this.#metrics = metrics;
  }

  /** Takes every entry of the call's feed. */
  take(entry: FeedEntry): void {
    const answered = this.#turns.take({ seq: 0, ...entry });
    if (answered !== undefined) this.#book(waitOf(answered));
    // An order that another fact led to is no answer to the speech before it.
    if (entry.to === 'call') this.#speechOver = undefined;
    if (entry.event === 'caller.startedSpeaking' && this.#floor.isHeard('agent')) {
      this.#speechOver = { firstSoundAt: entry.at - (entry.body.soundMs ?? 0), toldAt: entry.at };
    }
    this.#floor.take(entry);
    this.#note(entry);
  }

  #silenced(at: number): void {
    const speech = this.#speechOver;
    if (speech === undefined) return;
    this.#speechOver = undefined;
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

  #ready(at: number): void {
    if (this.#beganAt !== undefined) this.#metrics.took('modelReady', at - this.#beganAt);
    this.#beganAt = undefined;
  }

  #settled(toolCallId: string, at: number): void {
    const since = this.#toolsSince.get(toolCallId);
    if (since === undefined) return;
    this.#toolsSince.delete(toolCallId);
    this.#metrics.took('tool', at - since);
  }
}
