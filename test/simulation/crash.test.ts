import { fromCallback } from 'xstate';
import { expect, test } from 'vitest';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import type { LegInput, PhoneOrder } from '../../src/machines/call/call.ports.ts';
import type { ModelOrder } from '../../src/machines/session/session.events.ts';
import type { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { RunningCall } from '../../src/services/calls/running-call.ts';
import { plainCall } from '../support/call-chart.ts';
import { testJournal } from '../support/journal.ts';
import { KeptLog } from '../support/phone-leg.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

test('an exception in one call ends that call with an apology, and is in its record', async () => {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const journal = await testJournal();
  const { callSid } = plainCall;
  await journal.transact('acceptCall', {
    callSid,
    agentId: 'default',
    direction: 'inbound',
    from: '+12025550123',
    to: '+12025550100',
    at: clock.now(),
  });
  const orders: string[] = [];
  const write = ({ type }: PhoneOrder | ModelOrder) => {
    orders.push(type);
  };
  const failures: string[] = [];
  let released = 0;
  const call = new RunningCall({
    machine: callMachine.provide({
      actors: {
        phoneLeg: fromCallback<PhoneOrder, LegInput>(({ receive }) => {
          receive(write);
        }),
        modelSession: fromCallback<ModelOrder, LegInput>(({ receive }) => {
          receive(write);
        }) as unknown as typeof sessionMachine,
      },
      actions: {
        tellModelToKeepTools: () => {
          throw new Error('a bug');
        },
      },
    }),
    input: plainCall,
    maskDigits: true,
    journal,
    clock,
    log,
    release: () => {
      released++;
    },
    listeners: [
      (entry) => {
        if (entry.event === 'call.failing') failures.push(entry.body.error.code);
      },
    ],
  }).start();

  call.tell({ type: 'tools.withdrawn', kept: [] });
  expect(orders).toEqual(['close', 'clearPlayback', 'playClip']);
  expect(released).toBe(0);

  clock.advance(5_000);
  expect(await call.done).toBe('failed');
  expect(orders.at(-1)).toBe('leaveStream');
  expect(released).toBe(1);
  expect(failures).toEqual(['CALL_FAILED']);
  expect(await journal.query('call', { callSid })).toMatchObject({ state: 'ended', endReason: 'failed' });
  expect(log.lines).toContainEqual(
    expect.objectContaining({ level: 'error', sentence: 'an exception ended the call' }),
  );
});
