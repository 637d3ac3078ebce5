import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResponsePurpose } from '../../../src/machines/call/call.events.ts';
import {
  type ResponseRequest,
  ResponseSequencer,
} from '../../../src/services/openai/session/response-sequencer.ts';
import { ResponseServer } from '../../support/response-server.ts';
import { holds } from '../../support/properties.ts';

interface Sent {
  readonly purpose: ResponsePurpose;
  readonly tag: string;
}

/** What is counted wrongly fails the test. */
const neverMiscounted = (count: string) => {
  throw new Error(`the ${count} were miscounted`);
};

function sequencer(): { sequencer: ResponseSequencer; sent: Sent[]; last: () => string } {
  const sent: Sent[] = [];
  const send = ({ purpose }: ResponseRequest, tag: string) => sent.push({ purpose, tag });
  return {
    sequencer: new ResponseSequencer(send, neverMiscounted),
    sent,
    last: () => sent.at(-1)?.tag ?? '',
  };
}

const purposes = (sent: readonly Sent[]) => sent.map(({ purpose }) => purpose);

describe('the response sequencer', () => {
  test('the response sequencer tells of a tool that is answered and was not open, and counts the next one right', () => {
    const miscounts: string[] = [];
    const asked: string[] = [];
    const one = new ResponseSequencer(
      ({ purpose }) => asked.push(purpose),
      (count) => miscounts.push(count),
    );
    one.toolAnswered();
    expect(miscounts).toEqual(['open tools']);
    one.toolAsked();
    one.request('toolAnswer');
    expect(asked).toEqual([]);
    one.toolAnswered();
    expect(asked).toEqual(['toolAnswer']);
    expect(miscounts).toHaveLength(1);
  });

  test('the response sequencer waits for the response that runs, and for the one on its way', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('greeting');
    one.request('say', 'first');
    one.request('say', 'second');
    expect(purposes(sent)).toEqual(['greeting']);
    expect(one.created('r1', last(), false)).toMatchObject({ purpose: 'greeting', isForgotten: false });
    expect(purposes(sent)).toEqual(['greeting']);
    one.done('r1');
    one.created('r2', last(), false);
    one.done('r2');
    expect(purposes(sent)).toEqual(['greeting', 'say', 'say']);
  });

  test('the response sequencer gives a reply and the answer to a tool in one response', () => {
    const { sequencer: one, sent } = sequencer();
    one.created('own', undefined, true);
    one.request('reply');
    one.request('idlePrompt');
    one.request('toolAnswer');
    one.done('own');
    expect(purposes(sent)).toEqual(['toolAnswer']);
  });

  test('the response sequencer lets the answer wait for the last tool, and others pass it', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.toolAsked();
    one.toolAsked();
    one.request('toolAnswer');
    one.toolAnswered();
    expect(sent).toEqual([]);
    one.request('say', 'a word');
    expect(purposes(sent)).toEqual(['say']);
    one.created('r1', last(), true);
    one.toolAnswered();
    one.done('r1');
    expect(purposes(sent)).toEqual(['say', 'toolAnswer']);
  });

  test('the response sequencer asks once when the answer that waited left with the last output', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.created('own', undefined, true);
    one.toolAsked();
    one.itemSent();
    one.toolAnswered();
    one.request('toolAnswer');
    one.toolAsked();
    one.done('own');
    expect(sent).toEqual([]);
    one.itemSent();
    one.toolAnswered();
    one.request('toolAnswer');
    one.created('r1', last(), true);
    one.request('toolAnswer');
    one.done('r1');
    expect(purposes(sent)).toEqual(['toolAnswer']);
  });

  test('the response sequencer asks once for a reply that is asked for twice before it begins', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('reply');
    one.request('reply');
    one.created('r1', last(), false);
    // The caller has said something since.
    one.request('reply');
    one.done('r1');
    expect(purposes(sent)).toEqual(['reply', 'reply']);
  });

  test('the response sequencer drops an answer that the far end has given by itself, with the output in it', () => {
    const { sequencer: one, sent } = sequencer();
    one.created('own1', undefined, true);
    one.toolAsked();
    one.itemSent();
    one.toolAnswered();
    one.request('toolAnswer');
    one.itemKnown();
    one.done('own1');
    const tag = sent[0]?.tag;
    // The far end's own response takes the place before the request arrives.
    one.created('own2', undefined, true);
    expect(one.refused(tag)).toBe(true);
    one.done('own2');
    expect(purposes(sent)).toEqual(['toolAnswer']);
  });

  test('the response sequencer asks again for an answer that the far end cannot have given, because the output came later', () => {
    const { sequencer: one, sent } = sequencer();
    one.toolAsked();
    one.itemSent();
    one.toolAnswered();
    one.request('toolAnswer');
    one.created('own', undefined, true);
    one.itemKnown();
    one.refused(sent[0]?.tag);
    one.done('own');
    expect(purposes(sent)).toEqual(['toolAnswer', 'toolAnswer']);
  });

  test('the response sequencer never drops what has to be said word for word', () => {
    const { sequencer: one, sent } = sequencer();
    one.request('greeting');
    one.created('own', undefined, true);
    one.refused(sent[0]?.tag);
    one.done('own');
    expect(purposes(sent)).toEqual(['greeting', 'greeting']);
  });

  test('the response sequencer forgets the queue when cancelled, and the one on its way when it begins', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('reply');
    one.request('say', 'never');
    expect(one.cancel()).toEqual([]);
    expect(one.created('r1', last(), false)).toMatchObject({ isForgotten: true });
    expect(one.cancel()).toEqual(['r1']);
    one.request('goodbye');
    one.done('r1');
    expect(purposes(sent)).toEqual(['reply', 'goodbye']);
  });

  test('the response sequencer tries again at once when what was in the way has just ended, and then waits', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('reply');
    one.refused(last());
    expect(sent).toHaveLength(2);
    one.refused(last());
    expect(sent).toHaveLength(2);
    expect(one.isOwed).toBe(true);
    one.created('late', undefined, true);
    one.request('reply');
    one.done('late');
    expect(sent).toHaveLength(3);
  });

  test('the response sequencer waits for nothing that it has not seen once it was told to cancel', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('reply');
    one.refused(last());
    one.refused(last());
    one.request('reply');
    expect(sent).toHaveLength(2);
    one.cancel();
    one.request('reply');
    expect(sent).toHaveLength(3);
  });

  test('the response sequencer asks again when a far end without tags refuses what its own response seemed to answer', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('goodbye');
    one.created('own1', undefined, true);
    one.done('own1');
    one.created('own2', undefined, true);
    expect(one.refused(last())).toBe(true);
    expect(sent).toHaveLength(1);
    one.done('own2');
    expect(purposes(sent)).toEqual(['goodbye', 'goodbye']);
  });

  test('the response sequencer gives up a request that the far end will not make', () => {
    const { sequencer: one, sent, last } = sequencer();
    one.request('reply');
    one.request('say', 'next');
    expect(one.failed(last())).toBe('reply');
    expect(one.failed('unknown')).toBeUndefined();
    expect(purposes(sent)).toEqual(['reply', 'say']);
  });

  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Step>('take', 'own', 'finish', 'deliver') },
    { weight: 2, arbitrary: fc.constantFrom<Step>('deliver', 'deliver') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<ResponsePurpose>(
        'greeting',
        'reply',
        'toolAnswer',
        'idlePrompt',
        'say',
        'goodbye',
        'filler',
        'lastMinute',
        'transferFailed',
      ),
    },
  );

  test.each([
    ['repeats tags', true],
    ['tells no tags', false],
  ])(
    'the response sequencer never has two requests in flight and never loses one, whatever the order, where the far end %s',
    (_, repeatsTags) => {
      holds(
        fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
          const server = new ResponseServer(repeatsTags);
          const mustBeSaid = new Map<string, number>();
          const purposeOf = new Map<string, ResponsePurpose>();
          const one: ResponseSequencer = new ResponseSequencer(({ purpose }, tag) => {
            // A far end without tags leaves room for doubt; it still refuses a second one.
            if (repeatsTags) expect(server.inFlight).toBe(0);
            purposeOf.set(tag, purpose);
            server.receive(tag);
          }, neverMiscounted);
          const deliver = () => {
            const news = server.deliver();
            if (news?.type === 'created') one.created(news.id, news.tag, true);
            if (news?.type === 'refused') one.refused(news.tag);
            if (news?.type === 'done') one.done(news.id);
          };
          for (const what of steps) {
            if (what === 'take') server.takeRequest();
            else if (what === 'own') server.beginOwn();
            else if (what === 'finish') server.finish();
            else if (what === 'deliver') deliver();
            else {
              if (what === 'say' || what === 'goodbye') {
                mustBeSaid.set(what, (mustBeSaid.get(what) ?? 0) + 1);
              }
              one.request(what);
            }
          }
          for (let round = 0; round < 400; round++) {
            server.takeRequest();
            deliver();
            server.finish();
          }
          expect(server.isQuiet).toBe(true);
          expect(one.isOwed).toBe(false);
          const said = (purpose: ResponsePurpose) =>
            server.made.filter((tag) => purposeOf.get(tag) === purpose).length;
          expect(said('say')).toBe(mustBeSaid.get('say') ?? 0);
          if (mustBeSaid.has('goodbye')) expect(said('goodbye')).toBeGreaterThan(0);
        }),
        { runs: 1500 },
      );
    },
  );

  test('the response sequencer answers every turn: after a reply was asked for, a response begins', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const server = new ResponseServer(true);
        const one = new ResponseSequencer((_, tag) => {
          server.receive(tag);
        }, neverMiscounted);
        let begun = 0;
        const deliver = () => {
          const news = server.deliver();
          if (news?.type === 'created') {
            begun++;
            one.created(news.id, news.tag, true);
          }
          if (news?.type === 'refused') one.refused(news.tag);
          if (news?.type === 'done') one.done(news.id);
        };
        for (const what of steps) {
          if (what === 'take') server.takeRequest();
          else if (what === 'own') server.beginOwn();
          else if (what === 'finish') server.finish();
          else if (what === 'deliver') deliver();
          else one.request(what);
        }
        const before = begun;
        one.request('reply');
        for (let round = 0; round < 400; round++) {
          server.takeRequest();
          deliver();
          server.finish();
        }
        expect(begun).toBeGreaterThan(before);
      }),
      { runs: 1000 },
    );
  });
});

type Step = 'take' | 'own' | 'finish' | 'deliver';
