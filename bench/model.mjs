/**
 * The far end of the model: a light Realtime server of the GA dialect.
 *
 * It hears nothing. By the clock it speaks three seconds, is interrupted by the
 * caller after two of them, lets the caller speak for a while, and answers
 * again. What it measures: the way of each caller frame to here, and when it
 * reported speech over the agent.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { setInterval, setTimeout, clearTimeout } from 'node:timers';
import { WebSocketServer } from 'ws';
import { nowUs, readStamp, stamp, Window } from './stamp.mjs';

const DELTA_BYTES = 1440; // 180 ms: a multiple of 160 bytes and of 3, so that no target has to carry a rest.
const DELTAS = 17; // Some three seconds.
const DELTA_EVERY_MS = 45; // Four times as fast as it is heard.
const BARGE_IN_AFTER_MS = 2000;
const CALLER_SPEAKS_MS = 5500; // With the rest, a turn about every eight seconds.
/** The end of a turn is told with the silence that ended it. */
const SILENCE_MS = 500;
const REPLY_AFTER_MS = 500;

const measured = new Window();
let forwardUs = [];
let reports = [];
let connections = 0;

class Session {
  #socket;
  #call = 0;
  #responses = 0;
  #items = 0;
  #active;
  #timers = new Set();
  #session = { type: 'realtime', audio: { input: { turn_detection: {} }, output: {} } };

  constructor(socket) {
    this.#socket = socket;
    this.#say({ type: 'session.created', session: this.#session });
    socket.on('message', (data) => this.#hear(data));
    socket.on('close', () => {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
    });
  }

  #say(event) {
    this.#socket.send(JSON.stringify({ event_id: 'event_bench', ...event }));
  }

  #after(ms, then) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #hear(data) {
    const at = data.indexOf('"audio":"');
    if (at > 0 && at < 120 && data.indexOf('input_audio_buffer.append') < 120) {
      const read = readStamp(data, at + 9);
      if (read === undefined) return;
      this.#call = read.call;
      if (measured.holds(read.sentUs)) forwardUs.push(nowUs() - read.sentUs);
      return;
    }
    const event = JSON.parse(data.toString());
    switch (event.type) {
      case 'session.update': {
        const { audio, ...rest } = event.session;
        this.#session = {
          ...this.#session,
          ...rest,
          audio: {
            input: { ...this.#session.audio.input, ...audio?.input },
            output: { ...this.#session.audio.output, ...audio?.output },
          },
        };
        this.#say({ type: 'session.updated', session: this.#session });
        return;
      }
      case 'response.create':
        if (this.#active === undefined) this.#respond(event.response?.metadata);
        else this.#refuse('conversation_already_has_active_response', event);
        return;
      case 'response.cancel':
        if (this.#active !== undefined) this.#finish('cancelled', 'client_cancelled');
        else this.#refuse('response_cancel_not_active', event);
        return;
      case 'conversation.item.create':
        this.#say({
          type: 'conversation.item.added',
          item: { ...event.item, id: event.item.id ?? this.#itemId() },
        });
        return;
      case 'conversation.item.truncate':
        this.#say({ ...event, type: 'conversation.item.truncated' });
        return;
      case 'conversation.item.delete':
        this.#say({ type: 'conversation.item.deleted', item_id: event.item_id });
    }
  }

  #refuse(code, { event_id }) {
    this.#say({ type: 'error', error: { type: 'invalid_request_error', code, message: code, event_id } });
  }

  #itemId() {
    return `item_${String(++this.#items)}`;
  }

  #respond(metadata) {
    const id = `resp_${String(++this.#responses)}`;
    const item = {
      id: this.#itemId(),
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    this.#active = { id, item, metadata, sent: 0 };
    this.#say({ type: 'response.created', response: { id, status: 'in_progress', metadata, output: [] } });
    this.#say({ type: 'response.output_item.added', response_id: id, output_index: 0, item });
    this.#sendDelta(this.#active);
    this.#after(BARGE_IN_AFTER_MS, () => this.#bargeIn());
  }

  #sendDelta(response) {
    if (this.#active !== response) return;
    const place = { response_id: response.id, item_id: response.item.id, output_index: 0, content_index: 0 };
    const audio = Buffer.alloc(DELTA_BYTES, 0x55);
    stamp(audio, this.#call);
    this.#say({ type: 'response.output_audio.delta', ...place, delta: audio.toString('base64') });
    this.#say({ type: 'response.output_audio_transcript.delta', ...place, delta: 'word ' });
    response.sent++;
    if (response.sent < DELTAS) this.#after(DELTA_EVERY_MS, () => this.#sendDelta(response));
    else this.#finish('completed');
  }

  #finish(status, reason) {
    const { id, item, metadata } = this.#active;
    this.#active = undefined;
    const done = { ...item, status: status === 'completed' ? 'completed' : 'incomplete' };
    this.#say({
      type: 'response.output_audio_transcript.done',
      response_id: id,
      item_id: item.id,
      output_index: 0,
      content_index: 0,
      transcript: 'word '.repeat(DELTAS),
    });
    this.#say({ type: 'response.output_item.done', response_id: id, output_index: 0, item: done });
    const details = reason === undefined ? null : { type: 'cancelled', reason };
    this.#say({
      type: 'response.done',
      response: { id, status, status_details: details, metadata, output: [done] },
    });
  }

  #bargeIn() {
    const itemId = this.#itemId();
    const us = nowUs();
    if (measured.holds(us)) reports.push([this.#call, us]);
    this.#say({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: itemId });
    if (this.#active !== undefined) this.#finish('cancelled', 'turn_detected');
    this.#after(CALLER_SPEAKS_MS, () => {
      this.#say({
        type: 'input_audio_buffer.speech_stopped',
        audio_end_ms: CALLER_SPEAKS_MS + SILENCE_MS,
        item_id: itemId,
      });
      this.#say({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: null });
      this.#say({
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: itemId,
        content_index: 0,
        transcript: 'Please go on.',
      });
      const { create_response: creates } = this.#session.audio.input.turn_detection ?? {};
      // A target that keeps replies to itself asks for one; this keeps the cycle going for one that forgot.
      this.#after(REPLY_AFTER_MS, () => {
        if (this.#active === undefined && creates !== false) this.#respond();
      });
    });
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  connections++;
  socket.on('close', () => connections--);
  new Session(socket);
});
server.on('listening', () => process.send({ type: 'ready', url: `ws://127.0.0.1:${server.address().port}` }));

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
