import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import type { CallOutcome } from '../../src/simulator/carrier/carrier-events.ts';
import type { DialResult } from '../../src/simulator/carrier/dial-verb.ts';
import type { FakeTwilioRest } from './fake-twilio-rest.ts';
import type { FunctionCall, toolCallingModel, ToolCallingSession } from './tool-calling-model.ts';

type Model = Awaited<ReturnType<typeof toolCallingModel>>;

export interface LineOptions {
  readonly url: string;
  readonly publicUrl: string;
  readonly authToken: string;
  /** The carrier's REST API, where there is one: it knows the call, and can end it. */
  readonly rest?: FakeTwilioRest;
  readonly model: Model;
  /** The number that is called. */
  readonly to?: string;
  /** What becomes of whoever is dialled. Default: nobody answers. */
  readonly dialResult?: DialResult;
}

/** A call in progress, and the model's end of it. */
export interface CallerLine {
  readonly callSid: string;
  readonly from: string;
  readonly session: ToolCallingSession;
  readonly ended: Promise<CallOutcome>;
  /** Resolves when the caller has heard the greeting. */
  readonly greeted: Promise<void>;
  /** The numbers that the carrier was told to dial. */
  readonly dialled: readonly string[];
  /** The model asks; resolves with what it was told of each once the caller has heard the agent's next words to their end. */
  ask(...functions: readonly FunctionCall[]): Promise<unknown[]>;
  hangUp(): Promise<void>;
}

/** Calls, and lets the greeting be heard to its end. One at a time: the next session of the model is this call's. */
export async function placeLine(
  from: string,
  { url, publicUrl, authToken, rest, model, to = '+12025550100', dialResult }: LineOptions,
): Promise<CallerLine> {
  const quiets = new Set<() => void>();
  const dialled: string[] = [];
  const quiet = () => new Promise<void>((resolve) => quiets.add(resolve));
  const opened = model.nextSession();
  const greeted = quiet();
  const call = placeCall({
    url,
    publicUrl,
    authToken,
    to,
    from,
    ...(dialResult && { dialResult }),
    voice: new CallerVoice(),
    tell: (event) => {
      if (event.type === 'dial.ended') dialled.push(event.number);
      if (event.type !== 'agent.quiet') return;
      for (const resolve of quiets) resolve();
      quiets.clear();
    },
  });
  rest?.carry(call.callSid, (change) => {
    call.update(change);
  });
  void call.ended.then(() => {
    rest?.callEnded(call.callSid);
  });
  const session = await opened;
  return {
    callSid: call.callSid,
    from,
    session,
    ended: call.ended,
    greeted,
    dialled,
    ask: async (...functions) => {
      await greeted;
      await session.callsAndHears(...functions);
      await quiet();
      const ids = functions.map(({ name, id = name }) => id);
      return session.outputs
        .filter(({ callId }) => ids.includes(callId))
        .map(({ output }) => JSON.parse(output) as unknown);
    },
    hangUp: async () => {
      call.hangUp();
      await call.ended;
    },
  };
}
