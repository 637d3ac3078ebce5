import type { Readable } from 'node:stream';
import type { RecordingPeaks } from '../../protocol/console-recording.ts';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import { readRange } from './byte-range.ts';
import { RequestProblem } from './problems.ts';
import type { Handler } from './routes.ts';

/** Where recordings are kept. */
export interface RecordingStore {
  /** Undefined: there is none. */
  open(callSid: string): Promise<OpenRecording | undefined>;
  peaks(callSid: string): Promise<RecordingPeaks | undefined>;
}

/** A WAV file, as long as it is now. */
export interface OpenRecording {
  /** Bytes of the whole file, so far. */
  readonly length: number;
  stream(start: number, end: number): Readable;
}

/** What was recorded of a call: the audio in parts of any size, and how loud it is. */
export function recordingsApi({ recordings }: { readonly recordings: RecordingStore | undefined }) {
  return {
    'GET /api/calls/:callSid/recording': async ({ params, headers }): Promise<Answer> => {
      const recording = await recordings?.open(params['callSid'] ?? '');
      if (recording === undefined) throw none();
      const { length } = recording;
      const range = readRange(rangeOf(headers['range']), length);
      if (range === 'unsatisfiable') {
        return {
          status: 416,
          type: 'text/plain',
          text: '',
          headers: { 'Content-Range': `bytes */${String(length)}`, 'Accept-Ranges': 'bytes' },
        };
      }
      const { start, end } = range ?? { start: 0, end: length };
      return {
        status: range === undefined ? 200 : 206,
        type: 'audio/wav',
        text: '',
        stream: recording.stream(start, end),
        headers: {
          'Accept-Ranges': 'bytes',
          'Content-Length': String(end - start),
          ...(range && { 'Content-Range': `bytes ${String(start)}-${String(end - 1)}/${String(length)}` }),
        },
      };
    },

    'GET /api/calls/:callSid/recording/peaks': async ({ params }) => {
      const peaks = await recordings?.peaks(params['callSid'] ?? '');
      if (peaks === undefined) throw none();
      return json(200, peaks);
    },
  } satisfies Record<string, Handler>;
}

/** Node joins such a header's lines, so there is one. */
const rangeOf = (header: string | string[] | undefined) => (typeof header === 'string' ? header : undefined);

const none = () => new RequestProblem('NOT_FOUND', { detail: 'this call has no recording' });
