import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const CALLS = 100;
const ROWS_OF_A_CALL_AND_SECOND = 3;
const TICK_MS = 10;
/** A durable row each so often: its caller waits for it. */
const TICKS_OF_A_WAIT = 2;
/** Rows after which a call ends and another begins in its place: a minute and a half. */
const ROWS_OF_A_CALL = 270;

const said = (n) => ({
  ...{ at: Date.now(), from: 'model', to: 'call', event: 'caller.said', state: 'conversing.listening.quiet' },
  ...{ taken: ['call:call.alive.words.awaited|caller.said|0'], regions: { words: 'settled' } },
  body: { itemId: `turn_${String(n)}`, text: 'do you have time on monday morning for a haircut' },
});

/**
 * A hundred calls that record three rows a second each, begin and end meanwhile, and wait for a row fifty times a
 * second: how long they wait, and how late the thread is that serves them.
 */
export class LiveCalls {
  #journal;
  #callSids = Array.from({ length: CALLS }, () => `CA${randomUUID().replaceAll('-', '')}`);
  #rows = 0;
  #ticks = 0;
  #timer;
  #waits = [];
  #open = new Set();
  #delay = monitorEventLoopDelay({ resolution: 1 });

  constructor(journal) {
    this.#journal = journal;
  }

  async start() {
    await Promise.all(this.#callSids.map((callSid) => this.#accept(callSid)));
    this.#delay.enable();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Ends all of them. */
  async stop() {
    clearInterval(this.#timer);
    this.#delay.disable();
    await Promise.all(this.#open);
    const at = Date.now();
    const end = (callSid) => this.#journal.transact('endCall', { callSid, reason: 'completed', at });
    await Promise.all(this.#callSids.map(end));
  }

  /** What was measured while `work` was done. */
  async during(work) {
    this.#waits = [];
    this.#delay.reset();
    const result = await work();
    await Promise.all(this.#open);
    // The monitor counts its own millisecond.
    const loopMs = Math.max(0, this.#delay.max / 1e6 - 1);
    return { result, waits: this.#waits, loopMs };
  }

  #tick() {
    const due = (CALLS * ROWS_OF_A_CALL_AND_SECOND * TICK_MS) / 1000;
    for (let n = 0; n < due; n++) {
      const place = this.#rows % CALLS;
      this.#rows += 1;
      this.#journal.record(this.#callSids[place], [said(this.#rows)]);
      if (this.#rows % ROWS_OF_A_CALL === 0) this.#replace(place);
    }
    if (++this.#ticks % TICKS_OF_A_WAIT > 0) return;
    const callSid = this.#callSids[this.#ticks % CALLS];
    this.#timed(this.#journal.transact('append', { callSid, rows: [said(this.#ticks)] }));
  }

  #replace(place) {
    const before = this.#callSids[place];
    const callSid = `CA${randomUUID().replaceAll('-', '')}`;
    this.#callSids[place] = callSid;
    this.#timed(this.#journal.transact('endCall', { callSid: before, reason: 'completed', at: Date.now() }));
    this.#timed(this.#accept(callSid));
  }

  #accept(callSid) {
    const call = {
      callSid,
      agentId: 'default',
      direction: 'inbound',
      from: '+12015559999',
      to: '+12025550100',
    };
    return this.#journal.transact('acceptCall', { ...call, at: Date.now() });
  }

  #timed(write) {
    const asked = performance.now();
    const waited = write.then(() => {
      this.#waits.push(performance.now() - asked);
      this.#open.delete(waited);
    });
    this.#open.add(waited);
  }
}
