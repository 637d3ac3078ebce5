import type { Clock } from '../../clock.ts';
import { FEED_VERSION } from '../../protocol/call-feed.ts';
import type { CallFile } from '../../protocol/call-file.ts';
import type { TranscriptLine } from '../../protocol/console-calls.ts';
import { ExportQuery } from '../../protocol/console-queries.ts';
import { fullRowOf } from '../../protocol/shown-rows.ts';
import { dotted } from '../../protocol/word-mask.ts';
import type { Charts } from '../../charts/drawn-charts.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { Answer } from './answer.ts';
import { callItemOf } from './calls-api.ts';
import { logText } from './log-text.ts';
import { RequestProblem } from './problems.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

export interface CallExportDeps {
  readonly journal: Journal;
  readonly charts: Charts;
  readonly clock: Clock;
}

/** One call as one file, to be looked at elsewhere. Without being asked for more, it holds nothing that was said. */
export function callExport({ journal, charts, clock }: CallExportDeps) {
  return {
    'GET /api/calls/:callSid/export': async ({ params, query }): Promise<Answer> => {
      const { words } = readQuery(ExportQuery, query);
      const callSid = params['callSid'] ?? '';
      const isMasked = words === 'masked';
      const call = await journal.query('foundCall', { callSid });
      const chart = charts.get('call');
      if (call === undefined || chart === undefined) {
        throw new RequestProblem('NOT_FOUND', { detail: 'no call has this callSid' });
      }
      const lines = await journal.query('transcript', { callSid });
      const rows = await logText(journal, { callSid, after: 0 }, (row) =>
        fullRowOf(row, isMasked ? 'redacted' : 'full'),
      );
      const item = callItemOf(call);
      const file: Omit<CallFile, 'rows'> = {
        kind: 'callchart.call',
        version: 2,
        feedVersion: FEED_VERSION,
        exportedAt: new Date(clock.now()).toISOString(),
        words,
        call: isMasked ? { ...item, from: dotted(item.from), to: dotted(item.to) } : item,
        transcript: isMasked ? lines.map(maskedLine) : lines,
        chart,
        delays: chart.delays,
      };
      return {
        status: 200,
        type: 'application/json',
        text: `${JSON.stringify(file).slice(0, -1)},"rows":${rows}}`,
        headers: {
          'Content-Disposition': `attachment; filename="call-${callSid.replaceAll(/\W/g, '')}.json"`,
        },
      };
    },
  } satisfies Record<string, Handler>;
}

/** A tool's line says what became of the tool, in words of ours. */
const maskedLine = (line: TranscriptLine): TranscriptLine =>
  line.role === 'tool' ? line : { ...line, text: dotted(line.text) };
