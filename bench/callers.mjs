/**
 * The callers: phone calls of a carrier, 50 frames a second each, with marks
 * returned when they were heard. What they measure: the way of each piece of
 * agent audio to here, and when playback was told to clear.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { setInterval, setTimeout } from 'node:timers';
import { URLSearchParams } from 'node:url';
import { WebSocket } from 'ws';
import { CarrierMessages } from '../dist/protocol/twilio-carrier-messages.js';
import { PlaybackSchedule } from '../dist/simulator/carrier/playback-schedule.js';
import { voiceForm } from '../dist/simulator/carrier/webhook-forms.js';
import { nowUs, readStamp, stamp, Window } from './stamp.mjs';

const FRAME_US = 20_000;
const TICK_MS = 4;
const CALLS_A_SECOND = 40; // Below what an engine may refuse as a flood.

const url = process.argv[2];
const measured = new Window();
let backwardUs = [];
let clears = [];
let frames = 0;
let closed = 0;

class Call {
  #index;
  #socket;
  #parties;
  #messages;
  #playback = new PlaybackSchedule();
  #frames = 0;
  #startUs = 0;
  #isOver = false;

  constructor(index) {
    this.#index = index;
    this.#parties = {
      accountSid: `AC${'0'.repeat(32)}`,
      callSid: `CA${process.pid.toString(16).padStart(8, '0')}${String(index).padStart(24, '0')}`,
      from: `+1415555${String(1000 + index)}`,
      to: '+12025550100',
    };
    const streamSid = `MZ${String(index).padStart(32, '0')}`;
    this.#messages = new CarrierMessages({ ...this.#parties, streamSid });
  }

  async place() {
    const form = new URLSearchParams(voiceForm(this.#parties, 'ringing'));
    const answer = await globalThis.fetch(`${url}/twilio/voice`, { method: 'POST', body: form });
    const twiml = await answer.text();
    const stream = /<Stream[^>]* url="([^"]+)"/.exec(twiml)?.[1];
    if (stream === undefined) throw new Error(`no stream for call ${this.#index}: ${answer.status} ${twiml}`);
    const token = /<Parameter name="token" value="([^"]+)"/.exec(twiml)?.[1] ?? '';
    this.#socket = new WebSocket(stream.replace('//localhost', '//127.0.0.1'), { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data) => this.#hear(data));
    this.#socket.on('close', () => {
      if (!this.#isOver) closed++;
    });
    this.#socket.send(this.#messages.connected());
    this.#socket.send(this.#messages.start({ token }));
    this.#startUs = nowUs();
  }

  /** Sends the frames and marks that are due. */
  tick(us) {
    if (this.#startUs === 0 || this.#isOver || this.#socket.readyState !== WebSocket.OPEN) return;
    while (this.#startUs + (this.#frames + 1) * FRAME_US <= us) {
      const audio = Buffer.alloc(160, 0x7e);
      if (measured.holds(stamp(audio, this.#index))) frames++;
      this.#socket.send(this.#messages.media(this.#frames++, audio.toString('base64')));
    }
    if (this.#playback.nextMarkAtMs <= us / 1000) this.#returnMarks(this.#playback.takeMarks(us / 1000));
  }

  #returnMarks(names) {
    for (const name of names) this.#socket.send(this.#messages.mark(name));
  }

  #hear(data) {
    // What is on its way when the caller has hung up is heard by nobody.
    if (this.#isOver) return;
    const us = nowUs();
    const at = data.indexOf('"payload":"');
    if (at > 0) {
      const from = at + 11;
      const read = readStamp(data, from);
      if (read !== undefined && measured.holds(read.sentUs)) backwardUs.push(us - read.sentUs);
      const bytes = ((data.indexOf(0x22, from) - from) * 3) / 4;
      this.#playback.add(us / 1000, bytes);
      return;
    }
    const { event, mark } = JSON.parse(data.toString());
    if (event === 'mark') {
      this.#playback.mark(us / 1000, mark.name);
    } else if (event === 'clear') {
      clears.push([this.#index, us]);
      this.#returnMarks(this.#playback.clear(us / 1000).marks);
    }
  }

  hangUp() {
    this.#isOver = true;
    this.#socket.send(this.#messages.stop());
    this.#socket.close(1000);
  }
}

const calls = [];
let placed = 0;
setInterval(() => {
  const us = nowUs();
  for (const call of calls) call.tick(us);
}, TICK_MS);

async function add(count) {
  for (let added = 0; added < count; added++) {
    const call = new Call(placed++);
    calls.push(call);
    await call.place();
    await new Promise((resolve) => setTimeout(resolve, 1000 / CALLS_A_SECOND));
  }
  process.send({ type: 'added' });
}

process.on('message', (order) => {
  if (order.type === 'add') {
    void add(order.calls);
  } else if (order.type === 'renew') {
    for (const call of calls.splice(0, order.calls)) call.hangUp();
    void add(order.calls);
  } else if (order.type === 'begin') {
    [backwardUs, clears, frames] = [[], [], 0];
    measured.open(order);
  } else if (order.type === 'end') {
    process.send({ type: 'measured', backwardUs, clears, frames, closed });
  } else if (order.type === 'hangUp') {
    for (const call of calls) call.hangUp();
    setTimeout(() => process.exit(), 500);
  }
});
process.on('disconnect', () => process.exit());
process.send({ type: 'ready' });
