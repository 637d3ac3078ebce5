import { expect, test } from 'vitest';
import { type Service, Services } from '../../../src/engine/service.ts';

/** Three parts that write down what they are told. */
function threeParts(changes: Partial<Record<string, Partial<Service>>> = {}) {
  const told: string[] = [];
  const services = new Services();
  for (const name of ['journal', 'calls', 'web']) {
    services.add({
      service: {
        name,
        start: () => told.push(`start ${name}`),
        drain: (withinMs) => {
          told.push(`drain ${name} ${String(withinMs)}`);
          return Promise.resolve();
        },
        stop: () => {
          told.push(`stop ${name}`);
          return Promise.resolve();
        },
        ...changes[name],
      },
    });
  }
  return { services, told };
}

test('the parts of an engine start and drain in their order and stop in reverse', async () => {
  const { services, told } = threeParts();
  services.start();
  await services.drain(500);
  await services.stop();
  expect(told).toEqual([
    ...['start journal', 'start calls', 'start web'],
    ...['drain journal 500', 'drain calls 500', 'drain web 500'],
    ...['stop web', 'stop calls', 'stop journal'],
  ]);
});

test('a part of an engine that does not stop keeps no other from it, and is told', async () => {
  const fault = new Error('disk');
  const { services, told } = threeParts({ calls: { stop: () => Promise.reject(fault) } });
  await expect(services.stop()).rejects.toBe(fault);
  expect(told).toEqual(['stop web', 'stop journal']);
});

test('an engine that is stopped twice stops its parts once', async () => {
  const { services, told } = threeParts();
  await services.stop();
  await services.stop();
  expect(told).toEqual(['stop web', 'stop calls', 'stop journal']);
});

test('a part of an engine waits with its drain for those below it', async () => {
  let end: (() => void) | undefined;
  const drained = new Promise<void>((resolve) => (end = resolve));
  const { services, told } = threeParts({ journal: { drain: () => drained } });
  const done = services.drain(1);
  await Promise.resolve();
  expect(told).toEqual([]);
  end?.();
  await done;
  expect(told).toEqual(['drain calls 1', 'drain web 1']);
});
