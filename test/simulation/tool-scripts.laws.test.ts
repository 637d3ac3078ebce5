import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../src/services/tools/define-tool.ts';
import { done } from '../../src/services/tools/tool-answer.ts';
import { wholeCall } from '../support/whole-call.ts';
import { HALF_A_SECOND } from '../support/speech-offsets.ts';
import { patience } from '../support/night.ts';
import { holds } from '../support/properties.ts';

const PATIENCE_MS = patience(120_000);
const RUNS = 200;
const STEP_MS = 100;
/** Six effects in a row, each by its deadline, and the wait for an answer. */
const ROUND_WITHIN_MS = 60_000;

interface Request {
  readonly what: 'read' | 'effect' | 'misread' | 'unknown' | 'again';
  /** How long the tool takes; longer than its deadline, for one that is late. */
  readonly takesMs: number;
  readonly isFailing: boolean;
}

interface Round {
  readonly requests: readonly Request[];
  readonly then: 'nothing' | 'bargeIn' | 'hangUp';
  readonly afterMs: number;
}

const request: fc.Arbitrary<Request> = fc.record({
  what: fc.constantFrom('read', 'read', 'effect', 'effect', 'misread', 'unknown', 'again'),
  takesMs: fc.constantFrom(0, 40, 300, 1_100, 1_300, 5_000, 7_900, 8_100, 20_000),
  isFailing: fc.boolean(),
});
const round: fc.Arbitrary<Round> = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 6 }),
  then: fc.constantFrom('nothing', 'nothing', 'nothing', 'bargeIn', 'hangUp'),
  afterMs: fc.integer({ min: 0, max: 6_000 }),
});
const script = fc.array(round, { minLength: 1, maxLength: 4 });

interface Run {
  readonly kind: 'read' | 'effect';
  readonly n: number;
  readonly askedAt: number;
  readonly startedAt: number;
  endedAt?: number;
  readonly signal: AbortSignal;
}

type Sent = {
  readonly type: string;
  readonly item?: { readonly type: string; readonly call_id?: string };
  readonly response?: { readonly metadata?: { readonly purpose?: string } };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Lives through a script of tool calls, and tells what the tools and the model saw. */
async function live(rounds: readonly Round[]) {
  const runs: Run[] = [];
  const plans = new Map<number, Request & { readonly askedAt: number }>();
  const tool = (kind: Run['kind']) =>
    defineTool({
      name: kind === 'read' ? 'look_up' : 'write_down',
      description: 'A tool of the test.',
      policy: {
        kind: kind === 'read' ? 'reads' : 'effect',
        once: 'none',
        outlivesCall: false,
        needsReadBack: false,
        isWayOut: false,
      },
      args: () => z.strictObject({ n: z.int() }),
      run: async ({ n }, { signal }) => {
        const plan = plans.get(n);
        if (plan === undefined) throw new Error('nobody asked for this');
        const run: Run = { kind, n, askedAt: plan.askedAt, startedAt: call.clock.now(), signal };
        runs.push(run);
        await new Promise<void>((resolve) => {
          call.clock.setTimeout(resolve, plan.takesMs);
        });
        run.endedAt = call.clock.now();
        if (plan.isFailing) throw new Error('a tool that fails');
        return done({ n });
      },
    });
  const tools = [tool('read'), tool('effect')];
  const call = wholeCall({
    profile: { tools: ['look_up', 'write_down'], filler: 'none' },
    input: { filler: 'none' },
    tools,
  });
  let ids = 0;
  let marks = 0;
  const sent = () => call.model.frames.map((text) => JSON.parse(text) as Sent);
  const plays = () => {
    const all = call.carrier.messages.filter(({ event }) => event === 'mark');
    for (const mark of all.slice(marks)) call.carrier.hears({ ...mark, sequenceNumber: '1' });
    marks = all.length;
  };
  const responds = (finish: (id: string) => void) => {
    const id = `r${String(++ids)}`;
    call.says({ type: 'response.created', response: { id, status: 'in_progress' } });
    finish(id);
    call.says({ type: 'response.done', response: { id, status: 'completed', output: [] } });
  };
  const speaks = () => {
    responds((id) => {
      call.delta(200, id, `${id}_i`);
      const item = { id: `${id}_i`, type: 'message', status: 'completed' };
      call.says({ type: 'response.output_item.done', response_id: id, item });
    });
    plays();
  };
  const callerSpeaks = () => {
    const item_id = `u${String(++ids)}`;
    call.says({ type: 'input_audio_buffer.speech_started', item_id, ...HALF_A_SECOND });
    call.says({ type: 'input_audio_buffer.speech_stopped', item_id, ...HALF_A_SECOND });
    call.says({ type: 'input_audio_buffer.committed', item_id });
  };
  const passes = async (ms: number, isOver: () => boolean = () => false) => {
    for (let past = 0; past < ms && !isOver(); past += STEP_MS) {
      call.clock.advance(STEP_MS);
      call.frame();
      plays();
      await settled();
    }
  };
  speaks();
  call.configures();

  const stories: { round: Round; asked: string[]; from: number; to: number }[] = [];
  for (const each of rounds) {
    callerSpeaks();
    const from = sent().length;
    const asked: string[] = [];
    const askedAt = call.clock.now();
    responds((response_id) => {
      for (const one of each.requests) {
        const n = ++ids;
        plans.set(n, { ...one, askedAt });
        const call_id = one.what === 'again' ? (asked.at(-1) ?? `c${String(n)}`) : `c${String(n)}`;
        if (!asked.includes(call_id)) asked.push(call_id);
        const name = one.what === 'unknown' ? 'fly' : one.what === 'effect' ? 'write_down' : 'look_up';
        const item = { id: `f${String(n)}`, type: 'function_call', call_id, status: 'completed' };
        const args = one.what === 'misread' ? '{"n":"seven"' : JSON.stringify({ n });
        call.says({
          type: 'response.output_item.done',
          response_id,
          item: { ...item, name, arguments: args },
        });
      }
    });
    await settled();
    const isAnswered = () =>
      sent()
        .slice(from)
        .some(
          ({ type, response }) => type === 'response.create' && response?.metadata?.purpose === 'toolAnswer',
        );
    if (each.then !== 'nothing') await passes(each.afterMs, isAnswered);
    if (each.then === 'hangUp') {
      call.carrier.hears({
        event: 'stop',
        sequenceNumber: '9',
        streamSid: 'MZ1',
        stop: { accountSid: 'AC1', callSid: 'CA1' },
      });
      await settled();
      stories.push({ round: each, asked, from, to: sent().length });
      break;
    }
    if (each.then === 'bargeIn' && !isAnswered()) {
      // The caller speaks while tools run; the far end answers the turn by itself, and the tools go on.
      callerSpeaks();
      speaks();
    }
    const outputs = () =>
      sent()
        .slice(from)
        .filter(({ item }) => item?.type === 'function_call_output').length;
    await passes(ROUND_WITHIN_MS, () => outputs() === asked.length && isAnswered());
    stories.push({ round: each, asked, from, to: sent().length });
    speaks();
    await passes(500);
  }
  await passes(20_000);
  return { call, runs, stories, sent: sent() };
}

test(
  'every tool call is answered once, and one response is asked for when all of a round are',
  () =>
    holds(
      fc.asyncProperty(script, async (rounds) => {
        const { stories, sent } = await live(rounds);
        for (const {
          round: { then },
          asked,
          from,
          to,
        } of stories) {
          const events = sent.slice(from, to);
          const outputs = events.flatMap(({ item }) =>
            item?.type === 'function_call_output' ? [item.call_id] : [],
          );
          const answers = events.flatMap(({ type, response }, at) =>
            type === 'response.create' && response?.metadata?.purpose === 'toolAnswer' ? [at] : [],
          );
          expect(new Set(outputs).size).toBe(outputs.length);
          expect(answers.length).toBeLessThanOrEqual(1);
          if (then === 'hangUp') continue;
          expect([...outputs].sort()).toEqual([...asked].sort());
          expect(answers).toHaveLength(1);
          const last = events.findLastIndex(({ item }) => item?.type === 'function_call_output');
          expect(answers[0]).toBeGreaterThan(last);
        }
      }),
      { runs: RUNS },
    ),
  PATIENCE_MS,
);

test(
  'reads run side by side, and effects one after the other, in the order they were asked for',
  () =>
    holds(
      fc.asyncProperty(script, async (rounds) => {
        const { runs } = await live(rounds);
        for (const { kind, askedAt, startedAt } of runs) if (kind === 'read') expect(startedAt).toBe(askedAt);
        const effects = runs.filter(({ kind }) => kind === 'effect');
        expect(effects.map(({ n }) => n)).toEqual(effects.map(({ n }) => n).sort((a, b) => a - b));
        for (const [i, { startedAt }] of effects.entries()) {
          const before = effects[i - 1];
          // One that is late is given up, and the next one's turn comes.
          if (before !== undefined && !before.signal.aborted)
            expect(startedAt).toBeGreaterThanOrEqual(before.endedAt ?? Infinity);
        }
      }),
      { runs: RUNS },
    ),
  PATIENCE_MS,
);

test(
  'no tool runs after the end of its call',
  () =>
    holds(
      fc.asyncProperty(script, async (rounds) => {
        const last = rounds.at(-1);
        const ending =
          last === undefined ? [] : [...rounds.slice(0, -1), { ...last, then: 'hangUp' as const }];
        const { call, runs } = await live(ending);
        expect(call.call.getSnapshot().status).toBe('done');
        // What had not ended when the caller hung up was told to stop.
        for (const { endedAt, signal } of runs) expect(signal.aborted || endedAt !== undefined).toBe(true);
      }),
      { runs: RUNS },
    ),
  PATIENCE_MS,
);
