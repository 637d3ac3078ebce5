import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CarrierMessages } from '../../src/protocol/twilio-carrier-messages.ts';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { readConfig } from '../../src/config.ts';
import { COUNTERS, GAUGES } from '../../src/services/telemetry/metric-rows.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'a-token-that-is-long-enough-for-anybody';
const RATES = 'text-in=1,audio-in=1,cached=1,text-out=1,audio-out=1,transcribed-minute=1';

/** Moved by the feed of a call: call-metrics.test.ts has them. */
const OF_CALLS: ReadonlySet<string> = new Set(
  [
    ...[COUNTERS.callsStarted, COUNTERS.callsEnded, COUNTERS.bargeIns, COUNTERS.faults],
    ...[COUNTERS.modelsReplaced, COUNTERS.modelsRotated, COUNTERS.streamsReplaced],
    ...[COUNTERS.callsResumed, COUNTERS.callsHandedOver],
  ].map(({ name }) => name),
);

/** Moved by a disk in trouble: storage-trouble.test.ts has them. */
const OF_STORAGE: ReadonlySet<string> = new Set(
  [...[COUNTERS.droppedRows, GAUGES.journalTrouble, GAUGES.journalLag, GAUGES.journalWaiting]].map(
    ({ name }) => name,
  ),
);

test(
  'a running engine moves each metric that no feed of a call moves',
  async () => {
    const model = await toolCallingModel();
    const engine = await startLawfulEngine(
      readConfig({
        ...{
          PORT: '0',
          DATABASE_URL: 'file::memory:',
          LOG_LEVEL: 'fatal',
          DRAIN_MS: '0',
          ADMIN_TOKEN: TOKEN,
        },
        ...{
          OPENAI_REALTIME_URL: model.url,
          OPENAI_API_KEY: 'any',
          MODEL_RATES: RATES,
          MAX_CONCURRENT_CALLS: '1',
        },
      }),
    );
    onTestFinished(async () => {
      await engine.close();
      await model.close();
    });
    const rings = async (sid: string) => {
      const parties = { from: '+12025550123', to: '+12025550100', accountSid: 'AC1' };
      const body = new URLSearchParams(voiceForm({ callSid: `CA${sid.repeat(32)}`, ...parties }, 'ringing'));
      return (await fetch(`${engine.url}/twilio/voice`, { method: 'POST', body })).text();
    };
    const metrics = async () => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      return (await fetch(`${engine.url}/metrics`, { headers })).text();
    };

    const opened = model.nextSession();
    const twiml = await rings('1');
    const session = await opened;
    // No line is free.
    await rings('2');
    // Not an operator.
    await fetch(`${engine.url}/api/calls`, { headers: { authorization: 'Bearer wrong' } });

    // A stream with a message that nobody knows.
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(twiml) ?? [];
    const socket = new WebSocket(`${engine.url.replace('http', 'ws')}/twilio/media`);
    await once(socket, 'open');
    const said = new CarrierMessages({ accountSid: 'AC1', streamSid: 'MZ1', callSid: `CA${'1'.repeat(32)}` });
    socket.send(said.connected());
    socket.send(said.start({ token }));
    socket.send(JSON.stringify({ event: 'weather', sequenceNumber: '2', streamSid: 'MZ1' }));
    onTestFinished(() => {
      socket.terminate();
    });
    await vi.waitFor(() => {
      expect(session.asked).toBeGreaterThan(0);
    });
    // A link that is not of the business, in a call that has begun.
    session.calls({ name: 'send_sms', args: { body: 'See http://other.example' } });

    const moved = new Set<string>();
    const still = async () => {
      const samples = (await metrics()).split('\n').filter((line) => Number(line.split(' ').at(-1)) > 0);
      for (const line of samples) moved.add(line.replace(/[{ ].*/, ''));
      return [...Object.values(COUNTERS), ...Object.values(GAUGES)]
        .map(({ name }) => name)
        .filter((name) => !OF_CALLS.has(name) && !OF_STORAGE.has(name) && !moved.has(name));
    };
    const ofDays = [GAUGES.dayCalls, GAUGES.dayModelSeconds, GAUGES.dayCost].map(({ name }) => name);
    await vi.waitFor(
      async () => {
        expect((await still()).filter((name) => !ofDays.includes(name))).toEqual([]);
      },
      { timeout: 15_000 },
    );
    // With its session the day's figures are told.
    await fetch(`${engine.url}/api/calls/CA${'1'.repeat(32)}/hangup`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    await vi.waitFor(
      async () => {
        expect(await still()).toEqual([]);
      },
      { timeout: 15_000 },
    );
  },
  PATIENCE_MS,
);
