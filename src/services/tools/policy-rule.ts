/**
 * The engine's rule that a request broke. Unlike a rule of the business
 * ("closed on Sundays") it is nothing that an honest caller runs into twice.
 */
export type PolicyRule =
  /** Where it would go. */
  | 'number'
  /** What it would say. */
  | 'link'
  /** How often. */
  | 'velocity'
  | 'transfer'
  /** Not read back to the caller, or not agreed to. */
  | 'readBack'
  /** The second effect since the caller last spoke. */
  | 'turn'
  /** Asked for too often, by a model that goes round in circles. */
  | 'budget'
  /** The tools with effects were taken from the call. */
  | 'withdrawn';
