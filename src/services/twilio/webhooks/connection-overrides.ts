/**
 * Twilio's own retry of a request that failed, by URL fragment ("Webhooks:
 * connection overrides"): how often (`rc`), after which failures (`rp`: no
 * connection, no answer in time, a 5xx), and for how long, in ms: to connect
 * (`ct`), to answer (`rt`), in all (`tt`).
 */

/** Of an `action`. A restart of the engine is shorter than this, so its calls outlive it. */
export const ACTION_OVERRIDES = '#rc=4&rp=ct,rt,5xx&ct=1500&rt=4000&tt=14000';

/** Of the voice URL of a number, as `callchart doctor` prints it: a caller waits for the first ring. */
export const NUMBER_OVERRIDES = '#rc=2&rp=ct,5xx&ct=2000&tt=8000';
