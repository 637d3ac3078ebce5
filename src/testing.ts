/**
 * What a test of a chart imports, as `callchart/testing`: `explore` walks through everything that a machine can do,
 * invoked children and delays included; `TransitionCoverage` counts what real actors took; `lintChart` finds what
 * neither the compiler nor XState checks. `docs/guide/testing-a-chart.md` walks through one.
 */

export { lintChart, unboundedStates } from './testing/chart-lint.ts';
export { TransitionCoverage, transitionKeys } from './testing/coverage.ts';
export { coveringPaths, explore, ownEvents } from './testing/explore.ts';
export type { Exploration, ExploreOptions, Step } from './testing/explore.ts';
