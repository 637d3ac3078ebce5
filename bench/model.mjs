/**
 * The far end of the model: the simulator's server, with a script in place of ears and voice.
 *
 * By the clock it speaks three seconds, is interrupted by the caller after two
 * of them, lets the caller speak for a while, and answers again. What it
 * measures: the way of each caller frame to here, and when it reported speech
 * over the agent. Frames of the caller are measured before the session: what
 * they cost there is no part of the bench.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { systemClock } from '../dist/clock.js';
import { scriptedEar } from '../dist/simulator/realtime/scripted-ear.js';
import { startRealtimeServer } from '../dist/simulator/realtime/server.js';
import { RealtimeSession } from '../dist/simulator/realtime/session.js';
import { openTlsFront } from './tls-front.mjs';
import { nowUs, readStamp, stamp, STAMP_CHARACTERS, Window } from './stamp.mjs';

const DELTA_BYTES = 1440; // 180 ms: a multiple of 160 bytes and of 3, so that no target has to carry a rest.
const DELTA_MS = 180;
const DELTAS = 17; // Some three seconds.
const DELTA_EVERY_MS = 45; // Four times as fast as it is heard.
const BARGE_IN_AFTER_MS = 2000;
const CALLER_SPEAKS_MS = 5500; // With the rest, a turn about every eight seconds.
/** The end of a turn is told with the silence that ended it. */
const SILENCE_MS = 500;
const REPLY_AFTER_MS = 500;
const APPEND = '{"type":"input_audio_buffer.append","audio":"';
const AUDIO = Buffer.alloc(DELTA_BYTES, 0x55);

const measured = new Window();
let forwardUs = [];
let reports = [];
let connections = 0;

/** One session, and the caller that it is told of. */
class Call {
  #session;
  #call = 0;
  #timers = new Set();

  constructor(model, socket) {
    this.#session = new RealtimeSession({
      model,
      socket,
      clock: systemClock,
      faults: {},
      listen: scriptedEar(),
      answers: () => this.#answer(),
    });
  }

  open() {
    connections++;
    this.#session.open();
  }

  close() {
    connections--;
    for (const timer of this.#timers) systemClock.clearTimeout(timer);
    this.#timers.clear();
    this.#session.close();
  }

  take(text) {
    if (!text.startsWith(APPEND)) {
      this.#session.take(text);
      return;
    }
    const read = readStamp(Buffer.from(text.slice(APPEND.length, APPEND.length + STAMP_CHARACTERS)), 0);
    if (read === undefined) return;
    this.#call = read.call;
    if (measured.holds(read.sentUs)) forwardUs.push(nowUs() - read.sentUs);
  }

  #after(ms, then) {
    const timer = systemClock.setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #answer() {
    this.#after(BARGE_IN_AFTER_MS, () => this.#bargeIn());
    const piece = { text: 'word ', ms: DELTA_MS, pauseMs: DELTA_EVERY_MS, bytes: () => this.#stamped() };
    const pieces = Array.from({ length: DELTAS }, () => piece);
    return { sentences: [{ text: 'word '.repeat(DELTAS), pieces: () => pieces }] };
  }

  /** The same bytes each time: they are sent before the next ones are asked for. */
  #stamped() {
    stamp(AUDIO, this.#call);
    return AUDIO;
  }

  #bargeIn() {
    const us = nowUs();
    if (measured.holds(us)) reports.push([this.#call, us]);
    this.#session.caller.starts(0);
    this.#after(CALLER_SPEAKS_MS, () => {
      this.#session.caller.stops(CALLER_SPEAKS_MS + SILENCE_MS);
      this.#after(REPLY_AFTER_MS, () => this.#session.caller.ends('Please go on.'));
    });
  }
}

const server = await startRealtimeServer({
  clock: systemClock,
  hold: (model, socket) => new Call(model, socket),
});
/** Given, the model is reached by TLS only. */
const [certificateFolder] = process.argv.slice(2);
const door = certificateFolder === undefined ? server : await openTlsFront(server.url, certificateFolder);
process.send({ type: 'ready', url: door.url, certificate: door.certificate });

process.on('message', (order) => {
  if (order.type === 'begin') {
    [forwardUs, reports] = [[], []];
    measured.open(order);
  } else if (order.type === 'end') {
    process.send({ type: 'measured', forwardUs, reports, connections });
  }
});
process.on('disconnect', () => process.exit());
// Keeps the CPU's clock up between deltas on a machine that would else sleep: both targets see the same.
setInterval(() => undefined, 5);
