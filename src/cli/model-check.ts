import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { ErrorNote } from '../errors.ts';
import { AudioLine } from '../media/audio-line.ts';
import { AgentProfile } from '../protocol/agent-profile.ts';
import { remedyOf } from '../remedies.ts';
import { SILENT_LOG } from '../log.ts';
import { CallMemory } from '../services/openai/memory/call-memory.ts';
import { DIALECTS } from '../services/openai/dialects/dialects.ts';
import { connectModel } from '../services/openai/session/model-endpoint.ts';
import { openLoneSession } from '../services/openai/greeting/lone-session.ts';
import { bad, type Finding, sound } from './finding.ts';

/** Longer than a call waits: whoever asks wants to know what is wrong, not only that it is slow. */
const CONFIGURED_WITHIN_MS = 10_000;

/** What a session is asked for: what every call asks for, with everything at its default. */
const PROFILE = { id: 'doctor', business: { name: 'Callchart' } };

/**
 * Opens one session with the model, as a call does, has it configured and closes it. No audio goes either way and no
 * reply is asked for: it costs nothing.
 */
export async function checkModel(
  { model }: Pick<Config, 'model'>,
  withinMs = CONFIGURED_WITHIN_MS,
): Promise<Finding> {
  const where = `${model.name} at ${new URL(model.url).host}, dialect ${model.dialect}`;
  const begunAt = systemClock.steady();
  const outcome = await tryConfigure(model, withinMs);
  if (outcome.type === 'configured') {
    const ms = Math.round(systemClock.steady() - begunAt);
    return sound(`the model accepts a session: ${where}; ready after ${String(ms)} ms`);
  }
  const { code, message, cause } = outcome.error;
  const remedy = remedyOf(outcome.error);
  const named = cause === undefined ? '' : ` (${cause})`;
  return bad(`${where}: ${code}: ${message}${named}${remedy === undefined ? '' : `; ${remedy}`}`);
}

type Outcome = { readonly type: 'configured' } | { readonly type: 'failed'; readonly error: ErrorNote };

function tryConfigure({ url, name, apiKey, dialect }: Config['model'], withinMs: number): Promise<Outcome> {
  const makeDialect = DIALECTS[dialect];
  const profile = AgentProfile.parse(PROFILE);
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      systemClock.clearTimeout(late);
      session.stop();
      resolve(outcome);
    };
    const late = systemClock.setTimeout(() => {
      const message = `the session was not configured within ${String(withinMs)} ms`;
      end({ type: 'failed', error: { code: 'MODEL_UNREACHABLE', message, cause: 'TIMEOUT' } });
    }, withinMs);
    const session = openLoneSession(
      {
        line: new AudioLine(),
        connect: (own) => connectModel({ url, name, apiKey, makeDialect }, own),
        makeDialect,
        profile,
        tools: [],
        clock: systemClock,
        log: SILENT_LOG,
        audio: profile.audio,
        memory: new CallMemory(systemClock),
      },
      (fact) => {
        if (fact.type === 'model.configured') end({ type: 'configured' });
        // One attempt: whoever asks whether the model answers wants to know of the first that fails.
        if (fact.type === 'model.refused' || fact.type === 'model.disconnected') {
          end({ type: 'failed', error: fact.error });
        }
      },
    );
  });
}
