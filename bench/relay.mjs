/**
 * The measure of all things: a bare relay. It splices the base64 payload of one
 * message into the other and forwards it, sends `clear` when the model reports
 * speech, and knows nothing else: no signature, no token, no marks, no journal.
 */
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';
import { WebSocket, WebSocketServer } from 'ws';
import { reportOnDemand } from './target-report.mjs';

const modelUrl = process.argv[2];
const PAYLOAD = Buffer.from('"payload":"');
const DELTA = Buffer.from('"delta":"');
const DELTA_TYPE = Buffer.from('response.output_audio.delta"');
const APPEND = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
const APPEND_END = Buffer.from('"}');
const SESSION = {
  type: 'realtime',
  output_modalities: ['audio'],
  audio: {
    input: { format: { type: 'audio/pcmu' }, turn_detection: { type: 'server_vad' } },
    output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
  },
};

function splice(head, text, start, end, tail) {
  const message = Buffer.allocUnsafe(head.length + end - start + tail.length);
  head.copy(message, 0);
  text.copy(message, head.length, start, end);
  tail.copy(message, head.length + end - start);
  return message;
}

function relay(phone) {
  const model = new WebSocket(`${modelUrl}?model=gpt-realtime-2.1`, {
    headers: { Authorization: 'Bearer bench' },
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  let mediaHead;
  let clear;
  const MEDIA_END = Buffer.from('"}}');

  model.on('open', () => {
    model.send(JSON.stringify({ type: 'session.update', session: SESSION }));
    model.send(JSON.stringify({ type: 'response.create' }));
  });
  model.on('message', (data) => {
    const type = data.indexOf(DELTA_TYPE);
    if (type > 0 && type < 120) {
      if (mediaHead === undefined) return;
      const start = data.indexOf(DELTA) + DELTA.length;
      phone.send(splice(mediaHead, data, start, data.indexOf(0x22, start), MEDIA_END), { binary: false });
    } else if (data.indexOf('input_audio_buffer.speech_started') > 0 && clear !== undefined) {
      phone.send(clear);
    }
  });
  phone.on('message', (data) => {
    const at = data.indexOf(PAYLOAD);
    if (at > 0) {
      if (model.readyState !== WebSocket.OPEN) return;
      const start = at + PAYLOAD.length;
      model.send(splice(APPEND, data, start, data.indexOf(0x22, start), APPEND_END), { binary: false });
      return;
    }
    const { event, streamSid } = JSON.parse(data.toString());
    if (event !== 'start') return;
    mediaHead = Buffer.from(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"`);
    clear = JSON.stringify({ event: 'clear', streamSid });
  });
  phone.on('close', () => model.close());
  model.on('close', () => phone.close());
  model.on('error', () => phone.close());
}

const server = createServer((request, response) => {
  request.resume();
  const { port } = server.address();
  const stream = `<Stream url="ws://127.0.0.1:${String(port)}/twilio/media"/>`;
  response.end(`<Response><Connect>${stream}</Connect></Response>`);
});
new WebSocketServer({ server, perMessageDeflate: false, skipUTF8Validation: true }).on('connection', relay);
server.listen(0, '127.0.0.1', () => {
  process.send({ type: 'ready', url: `http://127.0.0.1:${String(server.address().port)}` });
});
reportOnDemand();
