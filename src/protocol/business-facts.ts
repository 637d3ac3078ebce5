/**
 * How the instructions of a session name what a business is: one line for each,
 * `- Opening hours: …`. The engine writes them, and the simulated model, which
 * understands no prose, finds them again by these names.
 */
export const FACT_NAMES = {
  name: 'Name',
  description: 'What it does',
  hours: 'Opening hours',
  closedOn: 'Closed on',
  services: 'Services',
  address: 'Address',
  zone: 'Time zone',
} as const;
