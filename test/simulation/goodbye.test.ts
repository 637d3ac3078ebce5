import { describe, expect, test } from 'vitest';
import { endCall } from '../../src/services/tools/house/end-call.ts';
import { recordedCall } from '../support/recorded-call.ts';
import { MS_PER_LETTER } from '../support/scripted-model.ts';

const LATENCY_MS = 300;
const GOODBYE_MS = 'Goodbye, and thank you.'.length * MS_PER_LETTER;
/** The phone network's tail behind the last mark. */
const GRACE_MS = 300;

/** A call in which the caller has said what they wanted; the model may end it. */
async function servedCall(faults: Parameters<ReturnType<typeof recordedCall>['dials']>[0] = {}) {
  const call = recordedCall({ tools: [endCall()], profile: { tools: ['end_call'] } });
  const line = call.dials(faults);
  call.model.opens();
  await call.clock.run(10_000);
  call.model.callerSays('u1', 'That was all, thank you.');
  await call.clock.run(3000);
  return { ...call, ...line, stateNow: () => call.state };
}

/** When the engine closed the stream, in ms of the stream; undefined while it is open. */
const closedAt = ({ heard }: Awaited<ReturnType<typeof servedCall>>) =>
  heard.find(({ type }) => type === 'stream.ended')?.atMs;

describe('a goodbye', () => {
  test('a goodbye that has yet to be said is asked for, heard to its last mark, and followed by the hang-up', async () => {
    const call = await servedCall();
    const calledAt = call.clock.now();
    call.model.callTool('end_call');
    await call.clock.run(10_000);
    expect(call.model.purposes.at(-1)).toBe('goodbye');
    // The tool call and the goodbye are two responses.
    const saidAt = calledAt + 2 * LATENCY_MS + GOODBYE_MS;
    const marks = call.heard.filter(({ type }) => type === 'mark.returned');
    expect(marks.at(-1)?.atMs).toBe(saidAt);
    expect(closedAt(call)).toBe(saidAt + GRACE_MS);
    expect(call.call.getSnapshot().output).toEqual({ reason: 'agent_ended' });
    expect(call.transcript().at(-1)).toMatchObject({ text: 'Goodbye, and thank you.', interrupted: false });
  });

  test('a goodbye that came with the tool call is not said twice', async () => {
    const call = await servedCall();
    const calledAt = call.clock.now();
    call.model.callTool('end_call', 'Goodbye, and thank you.');
    await call.clock.run(10_000);
    expect(call.model.purposes).not.toContain('goodbye');
    expect(closedAt(call)).toBe(calledAt + LATENCY_MS + GOODBYE_MS + GRACE_MS);
  });

  test('a goodbye whose marks never come back ends within its length and three seconds', async () => {
    const call = await servedCall();
    const calledAt = call.clock.now();
    // From here on nothing comes from the carrier: no mark, and no frame whose time could stand in for one.
    call.socket.removeAllListeners('message');
    call.model.callTool('end_call');
    const length = LATENCY_MS + GOODBYE_MS;
    await call.clock.run(LATENCY_MS + length + 2900);
    expect(call.stateNow()).toBe('ending.farewell.hearing');
    await call.clock.run(100 + GRACE_MS);
    expect(closedAt(call)).toBeLessThanOrEqual(calledAt + LATENCY_MS + length + 3000 + GRACE_MS);
  });

  test('a goodbye that does not come is not waited for long', async () => {
    const call = await servedCall();
    const calledAt = call.clock.now();
    call.model.script['goodbye'] = undefined;
    call.model.callTool('end_call');
    await call.clock.run(10_000);
    expect(closedAt(call)).toBe(calledAt + 2 * LATENCY_MS + GRACE_MS);
  });

  test('a goodbye during which the caller speaks gives way: they are answered, and the call goes on', async () => {
    const call = await servedCall();
    call.model.callTool('end_call');
    await call.clock.run(2 * LATENCY_MS + 400);
    expect(call.stateNow()).toBe('ending.farewell.hearing');
    call.model.speechStarts('u2');
    expect(call.heard.at(-1)).toMatchObject({ type: 'agent.quiet' });
    await call.clock.run(600);
    call.model.speechStops('u2', 'One more question: where are you?');
    await call.clock.run(LATENCY_MS + 100);
    expect(call.stateNow()).toBe('conversing.responding');
    await call.clock.run(10_000);
    expect(call.stateNow()).toBe('conversing.listening.quiet');
    expect(closedAt(call)).toBeUndefined();
    expect(call.transcript().slice(-3)).toMatchObject([
      { role: 'agent', interrupted: true },
      { role: 'caller', text: 'One more question: where are you?' },
      { role: 'agent', interrupted: false },
    ]);
    // And it can end for good afterwards.
    call.model.callTool('end_call');
    await call.clock.run(10_000);
    expect(call.call.getSnapshot().output).toEqual({ reason: 'agent_ended' });
  });
});

describe('after the hang-up', () => {
  test('after the hang-up, late words are awaited, and stand where they were said', async () => {
    const call = await servedCall();
    call.model.speechStarts('u2');
    call.model.speechStops('u2');
    call.carrier.hangUp();
    await call.clock.run(600);
    expect(call.call.getSnapshot().status).toBe('active');
    call.model.transcribes('u2', 'Never mind.');
    expect(call.call.getSnapshot().status).toBe('done');
    expect(call.transcript().at(-1)).toMatchObject({
      role: 'caller',
      text: 'Never mind.',
      interrupted: false,
    });
  });

  test.each([true, false])(
    'after the hang-up, every socket is closed within a second, though words never come and the far end closes: %s',
    async (answersClose) => {
      const call = await servedCall();
      call.modelSocket.answersClose = answersClose;
      call.model.speechStarts('u2');
      call.model.speechStops('u2');
      call.carrier.hangUp();
      await call.clock.run(1000);
      expect(call.call.getSnapshot().status).toBe('done');
      expect(call.socket.readyState).toBe(3);
      expect(call.modelSocket.readyState).toBe(3);
      expect(call.clock.pending).toBe(0);
    },
  );
});
