/**
 * One call in one file: `GET /api/calls/:callSid/export`. It holds everything
 * that is needed to look at the call elsewhere, the chart that it ran on included.
 */

import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { CallItem, Delays, FullRow, TranscriptLine } from './console-calls.ts';
import { ChartPicture } from './console-chart.ts';
import { FEED_VERSION } from './call-feed.ts';
import { upcastBody } from './feed-upcasts.ts';
import { fieldProblems } from './field-problem.ts';

/** Bytes, and characters: more than the longest call comes to, and little enough to be read at once. */
export const MAX_CALL_FILE = 64 * 1024 * 1024;

export const CallFile = z.strictObject({
  kind: z.literal('callchart.call'),
  /** Of this shape. A later one is refused by name. */
  version: z.literal(2),
  /** Of the rows (`call-feed.ts`). Files of version 1 do not tell it: it is 1. */
  feedVersion: z.int().min(1),
  exportedAt: z.iso.datetime({ precision: 3 }),
  /** `masked`: words, digits and numbers are dots. */
  words: z.enum(['masked', 'full']),
  /** Files of older engines do not tell tests. */
  call: CallItem.extend({ isTest: CallItem.shape.isTest.default(false) }),
  rows: z.array(FullRow),
  transcript: z.array(TranscriptLine),
  /** Today's chart of the engine that wrote the file. */
  chart: ChartPicture,
  delays: Delays,
});
export type CallFile = z.infer<typeof CallFile>;

/**
 * Opens such a file.
 *
 * @throws {EngineError} `REQUEST_INVALID`: it is too large, not JSON, no call, of a newer engine, or damaged; says where.
 */
export function readCallFile(text: string): CallFile {
  if (text.length > MAX_CALL_FILE) {
    throw new EngineError('REQUEST_INVALID', 'the file is too large to be a call');
  }
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    throw new EngineError('REQUEST_INVALID', 'the file is not JSON');
  }
  const head = z.looseObject({ kind: z.literal('callchart.call'), version: z.int() }).safeParse(written);
  if (!head.success) throw new EngineError('REQUEST_INVALID', 'the file is not a call of Callchart');
  const { version } = head.data;
  if (version !== 1 && version !== 2) {
    throw new EngineError(
      'REQUEST_INVALID',
      `the file has version ${String(version)}, which this engine cannot read`,
    );
  }
  const read = CallFile.safeParse(version === 1 ? { ...head.data, version: 2, feedVersion: 1 } : written);
  if (read.success) return ofToday(read.data);
  const [first = { path: '', message: 'is damaged' }] = fieldProblems(read.error);
  throw new EngineError('REQUEST_INVALID', `the file is damaged: ${first.path}: ${first.message}`);
}

/** With the bodies of its rows as this version has them. */
function ofToday(file: CallFile): CallFile {
  const { feedVersion, rows } = file;
  if (feedVersion > FEED_VERSION) {
    throw new EngineError(
      'REQUEST_INVALID',
      `the rows of the file have version ${String(feedVersion)}, which this engine cannot read`,
    );
  }
  const upcast = rows.map((row) => ({ ...row, body: { ...upcastBody(feedVersion, row.event, row.body) } }));
  return { ...file, feedVersion: FEED_VERSION, rows: upcast };
}
