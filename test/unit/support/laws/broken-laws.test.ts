import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { row } from '../../../support/call-rows.ts';
import { unlawful } from '../../../support/laws/lawful.ts';
import { ModelWire } from '../../../support/laws/model-wire.ts';

describe('the wire to a model', () => {
  const faultsOf = (
    says: (wire: { asks: () => void; tells: (type: string, fields: object) => void }) => void,
  ) => {
    const socket = new EventEmitter();
    const wire = new ModelWire(socket);
    says({
      asks: () => socket.emit('sent', JSON.stringify({ type: 'response.create', event_id: 'e1' })),
      tells: (type, fields) =>
        socket.emit('message', Buffer.from(JSON.stringify({ type, ...fields })), false),
    });
    return wire.faults.map((fault) => fault.split('\n')[0]);
  };
  const one = { response: { id: 'r1', metadata: { purpose: 'reply' } } };
  const own = { response: { id: 'r2', metadata: null } };
  const beside = { response: { id: 'r3', conversation_id: null } };

  test('the wire to a model carries one response after the other', () => {
    const faults = faultsOf(({ asks, tells }) => {
      asks();
      tells('response.created', one);
      tells('response.created', beside);
      tells('response.done', one);
      asks();
      tells('error', { error: { event_id: 'e1' } });
      asks();
    });
    expect(faults).toEqual([]);
  });

  test('the wire to a model breaks the law where a response is asked for while one is active, or asked for', () => {
    expect(
      faultsOf(({ asks, tells }) => {
        tells('response.created', own);
        asks();
      }),
    ).toEqual(['one is asked for while r2 is active']);
    expect(
      faultsOf(({ asks, tells }) => {
        asks();
        tells('response.created', own);
        tells('response.done', own);
        asks();
      }),
    ).toEqual(['one is asked for while another is asked for']);
  });

  test('the wire to a model breaks the law where a response begins while another is active', () => {
    const faults = faultsOf(({ tells }) => {
      tells('response.created', own);
      tells('response.created', one);
    });
    expect(faults).toEqual(['r1 begins while r2 is active']);
  });
});

describe('a call that breaks a law', () => {
  const told = (event: string, taken: readonly string[] | null) =>
    row(event, {}, { taken, from: 'model', to: 'call' });

  test('a call that breaks a law is told with the law, what broke it, and how it came to that', () => {
    const rows = [
      told('caller.startedSpeaking', ['call:a|b|0']),
      row('cancelResponse'),
      told('caller.committed', []),
    ];
    expect(unlawful('CA1', rows)?.split('\n')).toEqual(
      expect.arrayContaining([
        'CA1 breaks a law',
        '  a fact is taken, or counted as one that nobody took: row 3, caller.committed: nobody takes it in conversing.listening',
        expect.stringContaining('    the law: What a call is told while it lasts is taken'),
        '  row 1: caller.startedSpeaking → conversing.listening; cancelResponse',
      ]),
    );
  });

  test('a call that breaks a law is one of which a row does not say what took a fact', () => {
    expect(unlawful('CA1', [told('response.started', null)])).toContain('its row does not say');
    expect(unlawful('CA1', [told('response.started', [])])).toBeUndefined();
  });
});
