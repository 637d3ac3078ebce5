import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FEED } from '../../src/protocol/call-feed.ts';

/**
 * Who goes by an event: each must stop compiling when it is renamed. Of a table of handlers the compiler names the first
 * event that is none, so each table stands here once.
 */
const READERS = {
  'agent.said': [
    'src/services/calls/feed-words.ts',
    'src/services/calls/transcript-meter.ts',
    'src/services/cards/row-mask.ts',
    'src/services/storage/sqlite/call-digests.ts',
    'src/services/storage/folds/transcript.fold.ts',
    'console/timeline/turns.ts',
  ],
  'caller.committed': [
    'src/services/calls/read-back-feed.ts',
    'src/services/storage/folds/transcript.fold.ts',
    'src/protocol/turn-times.ts',
  ],
  'tool.settled': [
    'src/protocol/turn-times.ts',
    'src/services/storage/folds/call-marks.ts',
    'src/services/storage/folds/call-sums.fold.ts',
    'console/timeline/spans.ts',
    'console/timeline/turns.ts',
    'src/cli/tool-calls.ts',
  ],
  'playback.started': [
    'src/protocol/speaking.ts',
    'src/protocol/turn-times.ts',
    'src/services/telemetry/call-waits.ts',
  ],
  'usage.reported': ['src/services/calls/running-calls.ts', 'src/services/storage/folds/call-sums.fold.ts'],
  'digit.pressed': ['src/services/cards/row-mask.ts', 'console/timeline/lanes.ts'],
  'turn.interrupted': ['src/services/calls/feed-words.ts', 'src/protocol/speaking.ts'],
  'call.failing': ['src/services/storage/folds/call-failure.fold.ts'],
  'call.ended': [
    'src/services/storage/folds/call-record.fold.ts',
    'src/services/calls/running-call.ts',
    'src/services/telemetry/call-metrics.ts',
  ],
  'stream.accepted': [
    'src/services/storage/folds/stream-standing.fold.ts',
    'src/services/storage/sqlite/call-transactions.ts',
  ],
  'recording.paused': ['src/services/recordings/call-recording.ts'],
  clearPlayback: ['src/services/calls/feed-words.ts'],
} satisfies Partial<Record<keyof typeof FEED, readonly string[]>>;

/** Where an event's schema stands, by its name. */
const SCHEMAS = ['facts', 'orders', 'announcements'].map((part) => resolve(`src/protocol/feed-${part}.ts`));

/** What the compiler says of the readers, once every event above goes by another name. */
function problemsAfterRenaming(): ReadonlyMap<string, string> {
  const { options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8')).config,
    ts.sys,
    '.',
  );
  expect(errors).toEqual([]);
  const host = ts.createCompilerHost(options);
  host.readFile = (path) => {
    const text = ts.sys.readFile(path);
    if (!SCHEMAS.includes(resolve(path))) return text;
    return Object.keys(READERS).reduce(
      (before, event) =>
        before?.replace(new RegExp(`^  '?${event.replace('.', '\\.')}'?:`, 'm'), `  'renamed ${event}':`),
      text,
    );
  };
  const readers = [...new Set(Object.values(READERS).flat())].map((path) => resolve(path));
  const program = ts.createProgram(readers, { ...options, noEmit: true, noErrorTruncation: true }, host);
  return new Map(
    readers.map((path) => [
      path,
      program
        .getSemanticDiagnostics(program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
        .join('\n'),
    ]),
  );
}

describe('an event that is renamed', () => {
  let problems: ReadonlyMap<string, string>;
  beforeAll(() => {
    problems = problemsAfterRenaming();
  }, 120_000);

  test.each(Object.entries(READERS).flatMap(([event, files]) => files.map((file) => [event, file] as const)))(
    'the renamed event %s does not compile any more in %s',
    (event, file) => {
      expect(problems.get(resolve(file))).toContain(event);
    },
  );
});
