import {
  type LiveCall,
  LiveMessage,
  LiveSubscription,
  type SpokenWords,
} from '../../src/protocol/console-live.ts';
import { Viewer } from '../../src/services/live/viewer.ts';

/** A page at one worker, and what it was told. */
export class LivePage {
  bufferedAmount = 0;
  readonly messages: LiveMessage[] = [];
  readonly viewer = new Viewer(this);

  send(message: Buffer | string): void {
    this.messages.push(LiveMessage.parse(JSON.parse(String(message))));
  }

  subscribe(callSids: 'all' | string[] = []): this {
    this.viewer.subscribe(LiveSubscription.parse({ type: 'subscribe', callSids }));
    return this;
  }

  seqs(callSid: string): number[] {
    return this.messages.flatMap((message) =>
      message.type === 'rows' && message.callSid === callSid ? message.rows.map(({ seq }) => seq) : [],
    );
  }

  words(callSid: string): SpokenWords[][] {
    return this.messages.flatMap((message) =>
      message.type === 'words' && message.callSid === callSid ? [message.lines] : [],
    );
  }

  /** The list as the page has it by now, by call SID. */
  get list(): Map<string, LiveCall> {
    const list = new Map<string, LiveCall>();
    for (const message of this.messages) {
      if (message.type !== 'calls') continue;
      if (message.isWhole) list.clear();
      for (const call of message.calls) {
        if (call.state === 'ended') list.delete(call.callSid);
        else list.set(call.callSid, call);
      }
    }
    return list;
  }
}
