import { systemClock } from '../../src/clock.ts';
import type { ToolOutcome } from '../../src/machines/call/call.events.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import type { Log } from '../../src/log.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { openJournal } from '../../src/services/storage/client/sqlite-journal.ts';
import type { CallFacts } from '../../src/services/desk/call-facts.ts';
import type { Tool } from '../../src/services/tools/define-tool.ts';
import { createToolbox, type Toolbox, type ToolboxParts } from '../../src/services/tools/toolbox.ts';

/** Tuesday, 10 March 2026, 10:00 in New York. */
export const NOW = Date.parse('2026-03-10T14:00:00Z');

let made = 0;

/** A profile of a shop in New York; each has a diary of its own. */
export function profileOf(business: object = {}, others: object = {}): AgentProfile {
  return AgentProfile.parse({
    id: `shop-${String(++made)}`,
    business: { name: 'The Shop', timezone: 'America/New_York', ...business },
    escalation: { phoneNumber: '+12025550111' },
    ...others,
  });
}

/** An inbound call to the shop. */
export function callOf(facts: Partial<CallFacts> = {}): CallFacts {
  const profile = facts.profile ?? profileOf();
  return {
    callSid: `CA${String(++made).padStart(32, '0')}`,
    agentId: profile.id,
    profile,
    from: '+12025550123',
    to: '+12025550100',
    direction: 'inbound',
    now: () => NOW,
    ...facts,
  };
}

/** A log that keeps what it was told, as the text that would be written. */
export function keptLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write = (fields: object, sentence: string) => {
    lines.push(JSON.stringify({ ...fields, sentence }));
  };
  return { lines, debug: write, info: write, warn: write, error: write };
}

/** The engine's own journal, in memory. */
export const journalInMemory = (): Promise<Journal> =>
  openJournal({ file: ':memory:', clock: systemClock, log: keptLog() });

/** What the model is given, read. */
export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly reason?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly problems?: readonly { readonly path: string; readonly problem: string }[];
  readonly repeated?: true;
  readonly shortened?: readonly string[];
}

export const read = (outcome: ToolOutcome): Answer => JSON.parse(outcome.output) as Answer;

export interface ToolBench {
  readonly toolbox: Toolbox;
  /** Asks as the model does; a function call id of its own unless one is given. */
  ask(call: CallFacts, name: string, args: unknown, more?: AskOptions): Promise<ToolOutcome>;
}

interface AskOptions {
  readonly id?: string;
  readonly signal?: AbortSignal;
}

/** A toolbox, and the calls that ask it. Without limits of its own, as many requests as a test likes. */
export function toolBench(tools: readonly Tool[], parts: Partial<ToolboxParts> = {}): ToolBench {
  const calls = new Map<string, CallFacts>();
  const toolbox = createToolbox({
    tools,
    callOf: (callSid) => calls.get(callSid),
    clock: systemClock,
    log: keptLog(),
    limits: { perCall: 10_000, perToolAndMinute: 10_000 },
    ...parts,
  });
  return {
    toolbox,
    ask: (
      call,
      name,
      args,
      { id = `call_${String(++made)}`, signal = new AbortController().signal } = {},
    ) => {
      calls.set(call.callSid, call);
      const argumentsJson = typeof args === 'string' ? args : JSON.stringify(args);
      return toolbox.run({ callSid: call.callSid, request: { toolCallId: id, name, argumentsJson } }, signal);
    },
  };
}
