/**
 * Runs the audio thread of the softphone: one node between the microphone and the
 * speaker. It is a file of its own, served from this origin: the page's content
 * security policy allows no other.
 */

import type { FromLine, ToLine } from './line-messages.ts';
import { OutgoingLane } from './outgoing-lane.ts';
import { PlaybackQueue } from './playback-queue.ts';

/** The part of AudioWorkletGlobalScope that is used; TypeScript has no types for it. Source: W3C, "Web Audio API", 1.32. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class LineProcessor extends AudioWorkletProcessor {
  readonly #ear = new PlaybackQueue({ outputHz: sampleRate });
  readonly #mouth = new OutgoingLane(sampleRate, {
    frame: (audio, callerLevel, typed) => {
      const { playedMs, queuedMs } = this.#ear;
      this.#tell({ type: 'frame', audio, typed, callerLevel, agentLevel: this.#loudest, playedMs, queuedMs });
      this.#loudest = 0;
    },
    said: () => {
      this.#tell({ type: 'said' });
    },
  });
  #loudest = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToLine>) => {
      this.#hear(data);
    };
  }

  /** Called by the browser for every 128 samples. True keeps the node alive. */
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (this.#isOver) return false;
    const heard = inputs[0]?.[0]; // Without a microphone there is no channel.
    const speaker = outputs[0]?.[0];
    if (speaker !== undefined) {
      this.#ear.render(speaker);
      for (const sample of speaker) this.#loudest = Math.max(this.#loudest, Math.abs(sample));
      for (const name of this.#ear.takeMarks()) this.#tell({ type: 'mark', name });
    }
    this.#mouth.push(heard ?? speaker?.length ?? 0);
    return true;
  }

  #hear(message: ToLine): void {
    switch (message.type) {
      case 'play':
        this.#ear.add(message.audio);
        return;
      case 'mark':
        this.#ear.mark(message.name);
        return;
      case 'clear':
        for (const name of this.#ear.clear()) this.#tell({ type: 'mark', name });
        return;
      case 'say':
        this.#mouth.say(message.audio, message.typed);
        return;
      case 'mute':
        this.#mouth.isMuted = message.isMuted;
        return;
      case 'lag':
        this.#ear.setLag(message.seconds);
        return;
      case 'stop':
        this.#isOver = true;
        return;
    }
  }

  #tell(message: FromLine): void {
    this.port.postMessage(message);
  }
}

registerProcessor('line', LineProcessor);
