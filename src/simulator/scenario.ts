/**
 * A scenario: what the simulated model understands, and what it does then.
 *
 * One file is both the recogniser's grammar and the dialogue: a sentence that
 * can be recognised can be answered. `assets/scenarios/default.json` is the
 * one that comes with the engine; `SCENARIO` names another.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EngineError, noteOf } from '../errors.ts';
import { readFields } from '../protocol/field-problem.ts';
import { textOf } from '../text-files.ts';
import { readPhrase } from './scenario-phrases.ts';

const Name = z.string().regex(/^[a-z][a-zA-Z]*$/, 'must be letters, the first one small');

const PhraseText = z.string().superRefine((text, context) => {
  try {
    readPhrase(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: noteOf(thrown, 'CONFIG_INVALID').message });
  }
});

/** A text with `{slot}`, `{slot:words}`, `{heard}`, `{output.path}` or `{business.hours}` in it. Of several, the first whose every value is known. */
const Template = z.union([z.string(), z.array(z.string()).min(1)]);
export type Template = z.infer<typeof Template>;

const Slot = z.strictObject({
  phrase: PhraseText,
  /** What the words become in an argument: themselves, `2026-11-30`, `15:30`, `555`. */
  value: z.enum(['words', 'date', 'time', 'digits']).default('words'),
  /** Typed words may be any others too, four at most; those of the phrase are what can be recognised. */
  open: z.boolean().default(false),
});
export type SlotKind = z.infer<typeof Slot>['value'];

/** What is done in one go: something said, then perhaps a tool called; then, when its output is in, the next. */
const Step = z.strictObject({
  say: Template.optional(),
  tool: z
    .strictObject({
      name: z.string(),
      /** An argument whose values are not all known, or that the tool does not take, is left out. */
      arguments: z.record(z.string(), Template).default({}),
      get ok() {
        return Step;
      },
      get failed() {
        return Step;
      },
    })
    .optional(),
});
export type Step = z.infer<typeof Step>;

const Intent = z.strictObject({
  name: Name,
  phrases: z.array(PhraseText).min(1),
  /** Only typed text has this intent: it is not in the recogniser's grammar. */
  typed: z.boolean().default(false),
  /** Asked for, in order, where the caller has not said it. */
  needs: z.record(Name, z.string()).default({}),
  /** It only tells slots, and so answers what another intent needs; without one it is answered by its own step. */
  fills: z.boolean().default(false),
  step: Step,
});
export type Intent = z.infer<typeof Intent>;

export const Scenario = z
  .strictObject({
    greeting: z.string(),
    /** Said when the words were not understood. */
    unknown: z.string(),
    /** Said to words that no intent has, and to which neither the session's instructions nor its tools have an answer. */
    unanswered: z
      .string()
      .default(
        'I am the simulator, and I have no answer to that. With a key, the model answers from your profile.',
      ),
    /** Said when a reply is asked for and there is nothing to reply to. */
    silence: z.string(),
    /** Said when the session lacks a tool that a step needs. */
    unable: z.string(),
    /** What is said when the instructions of one response hold these words and no exact sentence. */
    instructed: z.array(z.strictObject({ like: z.string(), say: z.string() })).default([]),
    slots: z.record(Name, Slot).default({}),
    intents: z.array(Intent).min(1),
  })
  .superRefine(({ slots, intents }, context) => {
    const problem = (message: string) => {
      context.addIssue({ code: 'custom', message });
    };
    for (const { name, needs, phrases } of intents) {
      const unknown = [...Object.keys(needs), ...phrases.flatMap(slotsIn)].filter((slot) => !(slot in slots));
      if (unknown.length > 0) problem(`intent ${name} uses unknown slots: ${unknown.join(', ')}`);
    }
    for (const [name, { phrase }] of Object.entries(slots)) {
      // A slot may only use those before it: so none can hold itself.
      const before = Object.keys(slots).slice(0, Object.keys(slots).indexOf(name));
      const wrong = slotsIn(phrase).filter((slot) => !before.includes(slot));
      if (wrong.length > 0)
        problem(`slot ${name} uses slots that are not defined before it: ${wrong.join(', ')}`);
    }
  });
export type Scenario = z.infer<typeof Scenario>;

/** Every tool that a scenario calls by itself. */
export function toolsOf({ intents }: Scenario): ReadonlySet<string> {
  const inStep = ({ tool }: Step): string[] =>
    tool === undefined ? [] : [tool.name, ...inStep(tool.ok), ...inStep(tool.failed)];
  return new Set(intents.flatMap(({ step }) => inStep(step)));
}

const slotsIn = (text: string) => Array.from(text.matchAll(/<([a-zA-Z]+)>/g), (match) => match[1] ?? '');

/** The scenario that comes with the engine: the receptionist of some business. */
const DEFAULT_SCENARIO = fileURLToPath(new URL('../../assets/scenarios/default.json', import.meta.url));

/**
 * Reads a scenario: UTF-8, or UTF-16 with its byte order mark.
 *
 * @throws {EngineError} `CONFIG_INVALID` when the file cannot be read or is no scenario: one line with the file and every problem.
 */
export function readScenario(file: string = DEFAULT_SCENARIO): Scenario {
  const read = readFields(Scenario, jsonOf(file));
  if ('value' in read) return read.value;
  const problems = read.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw wrongScenario(file, problems.join('; '));
}

function jsonOf(file: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw wrongScenario(file, code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, cause);
  }
  let text: string;
  try {
    text = textOf(bytes);
  } catch (cause) {
    throw wrongScenario(file, 'is not UTF-8: save it as UTF-8', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // It quotes what stands there, ends of lines and all.
    const { message } = noteOf(cause, 'CONFIG_INVALID');
    throw wrongScenario(file, `is not JSON: ${message.replaceAll(/\s+/g, ' ')}`, cause);
  }
}

function wrongScenario(file: string, what: string, cause?: unknown): EngineError {
  return new EngineError('CONFIG_INVALID', `the scenario ${file}: ${what}`, { cause });
}
