import type { Scenario } from '../scenario.ts';
import { ScenarioMatcher } from '../scenario-matcher.ts';
import { spelled } from '../scenario-values.ts';
import type { BusinessFacts } from './business-facts.ts';

/** Of so many businesses the patterns are kept: making them takes some tens of ms. */
const MOST_KEPT = 16;
const kept = new WeakMap<Scenario, Map<string, ScenarioMatcher>>();

/** Finds what is meant in a scenario, whose slot `service` has the services of this business too. */
export function matcherFor(scenario: Scenario, { services }: BusinessFacts): ScenarioMatcher {
  const names = services.map(({ name }) => spelled(name)).filter((name) => /^[a-z][a-z' ]*$/.test(name));
  const key = names.join(';');
  const matchers = kept.get(scenario) ?? new Map<string, ScenarioMatcher>();
  kept.set(scenario, matchers);
  const known = matchers.get(key);
  if (known !== undefined) return known;
  if (matchers.size >= MOST_KEPT) matchers.clear();
  const made = new ScenarioMatcher(withServices(scenario, names));
  matchers.set(key, made);
  return made;
}

function withServices(scenario: Scenario, names: readonly string[]): Scenario {
  const slot = scenario.slots['service'];
  if (slot === undefined || names.length === 0) return scenario;
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  const phrase = [...longestFirst, slot.phrase].join(' | ');
  return { ...scenario, slots: { ...scenario.slots, service: { ...slot, phrase } } };
}
