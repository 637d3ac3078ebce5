import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../src/simulator/carrier/carrier-events.ts';
import { postForm } from '../../src/simulator/carrier/form-post.ts';
import { placeCall, type PlacedCall } from '../../src/simulator/carrier/place-call.ts';

/** A call in progress, as its carrier sees it; its model has the caller talk. */
export class ChattingCaller {
  readonly call: PlacedCall;
  /** How long the caller had no line, in ms: from the end of a stream to the next one. */
  readonly gapsMs: number[] = [];
  /** The agent was heard on the stream that is open now. */
  isAnswered = false;
  /** The engine, or the carrier, ended it. */
  wasEnded = false;
  /** What the carrier complained about. */
  readonly alerts: string[] = [];
  /** How often the carrier has asked what comes after a stream, answered or not. */
  asked = 0;
  /** How many messages of the engine came on each of its streams. */
  readonly messages: number[] = [];
  #leftAt: number | undefined;

  constructor(url: string, from: string) {
    this.call = placeCall({
      ...{ url, from, to: '+12025550100', voice: new CallerVoice() },
      post: (post, clock) => {
        if (post.url.includes('/after-stream')) this.asked += 1;
        return postForm(post, clock);
      },
      openSocket: async (streamUrl, headers) => {
        const socket = new WebSocket(streamUrl, { headers, perMessageDeflate: false });
        await once(socket, 'open');
        const stream = this.messages.push(0) - 1;
        socket.on('message', () => (this.messages[stream] = (this.messages[stream] ?? 0) + 1));
        return socket;
      },
      tell: (event) => {
        this.#take(event);
      },
    });
  }

  async hangUp(): Promise<void> {
    this.call.hangUp();
    await this.call.ended;
  }

  #take(event: CarrierEvent): void {
    const now = performance.now();
    if (event.type === 'agent.audible') this.isAnswered = true;
    else if (event.type === 'call.ended') this.wasEnded = event.outcome.by !== 'caller';
    else if (event.type === 'carrier.alert') this.alerts.push(event.alert.text);
    else if (event.type === 'stream.ended') {
      this.isAnswered = false;
      this.#leftAt = now;
    } else if (event.type === 'stream.attached' && this.#leftAt !== undefined) {
      this.gapsMs.push(Math.round(now - this.#leftAt));
      this.#leftAt = undefined;
    }
  }
}
