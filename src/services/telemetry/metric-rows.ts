/** A metric as Prometheus and docs/reference/metrics.md have it. */
export interface MetricRow<Label extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

const row = <const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): MetricRow<Label> => ({ name: `callchart_${name}`, help, labels });

/** The counters. Values of labels come from closed lists of the code. */
export const COUNTERS = {
  callsStarted: row('calls_started_total', 'Calls accepted; `test` of those that try the engine', [
    'direction',
    'test',
  ]),
  callsResumed: row('calls_resumed_total', 'Calls that went on after the process that had them was lost'),
  callsHandedOver: row(
    'calls_handed_over_total',
    'Calls that went on in another worker after theirs had handed them over',
  ),
  callsEnded: row('calls_ended_total', 'Calls ended, by end reason', ['reason', 'test']),
  callsRefused: row('calls_refused_total', 'New calls that were not taken, by cause', ['cause']),
  toolsRefused: row('tools_refused_total', 'Tool requests that the policy refused, by tool and rule', [
    'tool',
    'rule',
  ]),
  refusals: row('refusals_total', 'Clients that were turned away, by where they knocked and why', [
    'door',
    'reason',
  ]),
  bargeIns: row('barge_ins_total', 'Times a caller spoke over the agent, and the agent gave way'),
  modelsReplaced: row(
    'model_replaced_total',
    'Sessions with the model that were lost in a call and followed by another',
  ),
  modelsRotated: row(
    'model_rotated_total',
    'Sessions with the model that were followed by another before they reached their limit',
  ),
  streamsReplaced: row(
    'stream_replaced_total',
    'Media streams that were lost in a call, alone or with their process, and followed by another',
  ),
  ignoredMessages: row(
    'stream_messages_ignored_total',
    'Messages of media streams that were ignored: by a name that is not known, or frames without audio',
    ['kind'],
  ),
  faults: row('faults_total', 'Failures, by the part that met them and their error code', [
    'component',
    'cause',
  ]),
  droppedRows: row('journal_rows_dropped_total', 'Rows of calls that were lost for want of room in memory'),
};

/** The gauges, read at each scrape. */
export const GAUGES = {
  liveCalls: row('live_calls', 'Calls in progress'),
  dayCalls: row('day_calls', 'Calls taken and placed today, in the engine zone'),
  dayModelSeconds: row('day_model_seconds', 'Seconds that sessions of the model were open today'),
  journalTrouble: row('journal_trouble', '1 for what keeps the journal from taking anything', ['trouble']),
  journalLag: row('journal_lag_seconds', 'How long the oldest write has waited for the disk'),
  journalWaiting: row('journal_waiting_bytes', 'What waits for the disk in memory; rows past 64 MB are lost'),
  dayCost: row('day_cost', 'What the model has cost today, as estimated by MODEL_RATES'),
};

/** What an engine of several workers has beside these, of the process that watches over them. */
export const SUPERVISION = {
  workers: row('workers', 'Workers that take calls; only where there are several'),
  workersLost: row(
    'workers_lost_total',
    'Workers that are gone: `ended` by themselves, `stalled`, too `late`, `failed` to open, `drained` or `dismissed`',
    ['why'],
  ),
};

/** What people wait for in a call; each is a histogram, in seconds. */
export const LATENCIES = {
  reply: row('reply_seconds', 'From the caller falling silent to the answer being heard'),
  replyNoticed: row(
    'reply_noticed_seconds',
    'Of that: until the engine knew of the silence; too little with a detector that does not tell how long it waits',
  ),
  replyModel: row(
    'reply_model_seconds',
    'Of that: from then to the first audio of the answer, without tools',
  ),
  replyTools: row('reply_tools_seconds', 'Of that: while a tool ran; only of answers that waited for one'),
  replyPlayback: row(
    'reply_playback_seconds',
    'Of that: from the first audio to being heard, the way to the carrier and back included',
  ),
  bargeIn: row(
    'barge_in_seconds',
    'From the first sound of a caller over the agent to the order to be silent, the certainty of the detector included',
  ),
  clear: row('clear_seconds', 'Of that: from the report of speech to the order to be silent'),
  modelReady: row(
    'model_ready_seconds',
    'From the beginning of the call, when the model is called, to its configured session',
  ),
  modelGap: row('model_gap_seconds', 'From the loss of a session in a call to the next one being configured'),
  streamGap: row(
    'stream_gap_seconds',
    'From the loss of a media stream in a call to the start of the next one',
  ),
  resumedGap: row(
    'resumed_gap_seconds',
    'From the last row of a call whose process was lost to its going on in another process',
  ),
  greeting: row('greeting_seconds', 'From the beginning of the stream to the agent being heard'),
  tool: row('tool_seconds', 'One tool call, from request to outcome'),
};

export type Latency = keyof typeof LATENCIES;
