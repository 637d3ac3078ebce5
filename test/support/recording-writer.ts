/** A process that records one call for ever: started to be killed. Its argument is the folder. */
import { CallTape } from '../../src/services/recordings/call-tape.ts';
import { RecordingFiles } from '../../src/services/recordings/recording-files.ts';
import { RecordingWriter } from '../../src/services/recordings/recording-writer.ts';

const files = new RecordingFiles(process.argv[2] ?? '');
const writer = new RecordingWriter({
  recording: files.create('CA1'),
  maxBytes: Number.MAX_SAFE_INTEGER,
  freeBytes: files.freeBytes,
  onStopped: () => process.exit(1),
});
let now = 0;
const tape = new CallTape(() => now);
tape.roll(writer, 0);
const frame = Buffer.from(Buffer.alloc(160, 0x21).toString('base64'));
setInterval(() => {
  // Far faster than real time: a second of the call every few milliseconds.
  for (let i = 0; i < 50; i++) {
    tape.callerFrame(frame, 0, frame.length, now);
    now += 20;
  }
}, 5);
