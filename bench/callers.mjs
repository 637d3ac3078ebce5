/**
 * The callers: N phone calls of a carrier, 50 frames a second each, with marks
 * returned when they were heard. What they measure: the way of each piece of
 * agent audio to here, and when playback was told to clear.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { setInterval, setTimeout } from 'node:timers';
import { URLSearchParams } from 'node:url';
import { WebSocket } from 'ws';
import { nowUs, readStamp, stamp, Window } from './stamp.mjs';

const FRAME_US = 20_000;
const TICK_MS = 4;
const CALLS_A_SECOND = 40; // Below what an engine may refuse as a flood.

const [url, count] = [process.argv[2], Number(process.argv[3])];
const measured = new Window();
let backwardUs = [];
let clears = [];
let frames = 0;
let closed = 0;

class Call {
  #index;
  #socket;
  #sid;
  #frames = 0;
  #startUs = 0;
  #endsUs = 0;
  #marks = [];

  constructor(index) {
    this.#index = index;
    this.#sid = `MZ${String(index).padStart(32, '0')}`;
  }

  async place() {
    const callSid = `CA${process.pid.toString(16).padStart(8, '0')}${String(this.#index).padStart(24, '0')}`;
    const form = new URLSearchParams({
      CallSid: callSid,
      AccountSid: `AC${'0'.repeat(32)}`,
      From: `+1415555${String(1000 + this.#index)}`,
      To: '+12025550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
    });
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
    this.#socket.on('close', () => closed++);
    this.#say({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const start = { accountSid: 'AC0', callSid, streamSid: this.#sid, tracks: ['inbound'], mediaFormat };
    this.#say({
      event: 'start',
      sequenceNumber: '1',
      start: { ...start, customParameters: { token } },
      streamSid: this.#sid,
    });
    this.#startUs = nowUs();
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  /** Sends the frames and marks that are due. */
  tick(us) {
    if (this.#startUs === 0 || this.#socket.readyState !== WebSocket.OPEN) return;
    while (this.#startUs + (this.#frames + 1) * FRAME_US <= us) {
      const audio = Buffer.alloc(160, 0x7e);
      if (measured.holds(stamp(audio, this.#index))) frames++;
      const n = ++this.#frames;
      const [chunk, at] = [String(n), String((n - 1) * 20)];
      this.#socket.send(
        `{"event":"media","sequenceNumber":"${String(n + 1)}","media":{"track":"inbound","chunk":"${chunk}","timestamp":"${at}","payload":"${audio.toString('base64')}"},"streamSid":"${this.#sid}"}`,
      );
    }
    while (this.#marks.length > 0 && this.#marks[0].dueUs <= us) this.#returnMark();
  }

  #returnMark() {
    const { name } = this.#marks.shift();
    this.#say({ event: 'mark', sequenceNumber: '0', streamSid: this.#sid, mark: { name } });
  }

  #hear(data) {
    const us = nowUs();
    const at = data.indexOf('"payload":"');
    if (at > 0) {
      const from = at + 11;
      const read = readStamp(data, from);
      if (read !== undefined && measured.holds(read.sentUs)) backwardUs.push(us - read.sentUs);
      const bytes = ((data.indexOf(0x22, from) - from) * 3) / 4;
      this.#endsUs = Math.max(us, this.#endsUs) + bytes * 125;
      return;
    }
    const { event, mark } = JSON.parse(data.toString());
    if (event === 'mark') {
      this.#marks.push({ name: mark.name, dueUs: this.#endsUs });
    } else if (event === 'clear') {
      clears.push([this.#index, us]);
      this.#endsUs = us;
      while (this.#marks.length > 0) this.#returnMark();
    }
  }

  hangUp() {
    this.#say({
      event: 'stop',
      sequenceNumber: '0',
      stop: { accountSid: 'AC0', callSid: '' },
      streamSid: this.#sid,
    });
    this.#socket.close(1000);
  }
}

const calls = Array.from({ length: count }, (_, index) => new Call(index));
setInterval(() => {
  const us = nowUs();
  for (const call of calls) call.tick(us);
}, TICK_MS);

for (const call of calls) {
  await call.place();
  await new Promise((resolve) => setTimeout(resolve, 1000 / CALLS_A_SECOND));
}
process.send({ type: 'ready' });

process.on('message', (order) => {
  if (order.type === 'begin') {
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
