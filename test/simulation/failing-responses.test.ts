import { describe, expect, test } from 'vitest';
import { bodiesOf } from '../support/call-rows.ts';
import { PLAIN_PLAN, type ResponsePlan } from '../support/turn-taking/response-plan.ts';
import { type RoomOptions, TurnTakingRoom } from '../support/turn-taking/room.ts';

type PlanFor = NonNullable<RoomOptions['planFor']>;

const FAILED: ResponsePlan = { ...PLAIN_PLAN, status: 'failed', reason: 'server_error' };
const FILTERED: ResponsePlan = { ...PLAIN_PLAN, status: 'incomplete', reason: 'content_filter' };
const NO_TOKENS: ResponsePlan = { ...PLAIN_PLAN, status: 'incomplete', reason: 'max_output_tokens' };
const EMPTY: ResponsePlan = PLAIN_PLAN;

const isAnswer = (purpose: string) => purpose === 'own' || purpose === 'reply';

/** A call that was greeted, whose caller asks something now. */
async function asking(planFor: PlanFor, options: RoomOptions = {}): Promise<TurnTakingRoom> {
  const room = new TurnTakingRoom({ planFor, ...options });
  await room.until(() => room.state === 'conversing.listening.quiet', 5000);
  room.says('what are your hours', 800);
  await room.run(810);
  return room;
}

const clipsOf = ({ rows }: TurnTakingRoom) => bodiesOf(rows, 'playClip').map(({ clip }) => clip);
const answersOf = ({ model }: TurnTakingRoom) =>
  model.story.filter((chapter) => chapter.what === 'response' && isAnswer(chapter.purpose)).length;

describe.each([
  ['failed', FAILED],
  ['was filtered', FILTERED],
  ['had no tokens left', NO_TOKENS],
  ['was empty', EMPTY],
])('a response that %s', (_, broken) => {
  test('a response that fails is made once more, and the caller hears that one', async () => {
    let failures = 1;
    const room = await asking((purpose, { plan }) => {
      const isBroken = isAnswer(purpose) && failures-- > 0;
      return isBroken ? broken : plan({});
    });
    expect(await room.until(() => room.carrier.isAudible, 1000)).toBe(true);
    expect(room.state).toBe('conversing.responding');
    expect(answersOf(room)).toBe(2);
    expect(clipsOf(room)).toEqual([]);
  });

  test('a response that fails twice is apologised for, and the next turn is answered', async () => {
    let failures = 2;
    const room = await asking((purpose, { plan }) => {
      const isBroken = isAnswer(purpose) && failures-- > 0;
      return isBroken ? broken : plan({});
    });
    expect(await room.until(() => room.carrier.isAudible, 1000)).toBe(true);
    expect(clipsOf(room)).toEqual(['sorry']);
    await room.run(1000);
    room.says('your hours, please', 800);
    await room.run(810);
    expect(await room.until(() => room.state === 'conversing.responding', 1000)).toBe(true);
  });

  test.each([
    ['ends the call with an apology', false],
    ['brings the caller to a person where there is one', true],
  ])('a response that fails again and again %s', async (__, canTransfer) => {
    const room = await asking((purpose, { plan }) => (isAnswer(purpose) ? broken : plan({})), {
      input: { canTransfer },
    });
    for (let turn = 0; turn < 3 && room.state.startsWith('conversing'); turn++) {
      await room.run(1500);
      if (room.state.startsWith('conversing.listening.quiet')) room.says('hello?', 500);
      await room.run(600);
    }
    await room.run(3000);
    if (canTransfer) expect(room.state).toMatch(/^transferring/);
    else {
      expect(room.endReason).toBe('failed');
      expect(clipsOf(room).at(-1)).toBe('failed');
    }
  });
});

test('a response that the far end refuses to begin is asked for once more', async () => {
  let refusals = 1;
  const room = await asking(
    (purpose, { plan }) => {
      const isRefused = purpose === 'reply' && refusals-- > 0;
      return isRefused ? { code: 'rate_limit_exceeded', message: 'too many' } : plan({});
    },
    { bargeIn: 'confirmed' },
  );
  expect(await room.until(() => room.carrier.isAudible, 1000)).toBe(true);
  expect(room.state).toBe('conversing.responding');
});

test("an operator's words are said after the response in progress", async () => {
  const room = await asking((_, { plan }) => plan({}));
  // The caller's turn ends with the silence that the detector waits for.
  await room.until(() => room.state === 'conversing.listening.awaitingReply', 2000);
  room.call.tell({ type: 'say.requested', text: 'One moment.' });
  await room.until(() => room.state === 'conversing.listening.quiet', 5000);
  const said = room.model.story.map((chapter) => (chapter.what === 'response' ? chapter.purpose : 'turn'));
  expect(said).toEqual(['greeting', 'turn', 'own', 'say']);
});
