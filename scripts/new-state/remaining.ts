import type { StatePlan } from './plan.ts';

/** What is still to be done for a state that was begun, in the order in which the tools ask for it. */
export function remaining({ path, stateFile, storiesFile, parentFile }: StatePlan): string {
  const steps = [
    `${stateFile}: fill the gaps: what the caller may do, and the way out by a delay.`,
    `Its words, where it needs new ones: facts in call.events.ts, orders and children in call.ports.ts, delays in call.delays.ts, questions in call.guards.ts, actions in call.setup.ts. What outlives the state is a region: regions/.`,
    `The way in: until something leads to \`${path}\`, the chart lint says so. ${parentFile} lists it already.`,
    `What differs by call: CallInput in call.context.ts, src/services/calls/call-legs.ts, and call.began in src/protocol/feed-announcements.ts, absent in calls that were recorded before.`,
    `Effects: a slot of call.ports.ts is filled in src/services/calls/filled-chart.ts, for tests in test/support/call-chart.ts, and by nobody in src/cli/call-walk.ts.`,
    `npx vitest run test/machines/chart-lint.test.ts: the chart is sound.`,
    `${storiesFile}: answer each question.`,
    `test/support/call-happenings.ts and test/machines/call.paths.test.ts: how new facts and answers come about, and a kind of call for what differs. Timers: test/support/laws/timers.ts.`,
    `docs/statecharts/call.md: tell \`${path}\` and each state in it, in the order of the chart; then npm run docs:write.`,
    `npm run typecheck && npm run checks && npm test; npm run changeset.`,
  ];
  const list = steps.map((step, index) => `${String(index + 1)}. ${step}`).join('\n');
  return `What remains, in order; docs/guide/adding-a-state.md says more:\n\n${list}`;
}
