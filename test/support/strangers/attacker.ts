import { setPriority } from 'node:os';
import { ATTACKS, type AttackName } from './attacks.ts';
import { fuzz } from './fuzz.ts';
import type { Target } from './sockets.ts';

/** What the test asks of this process, which makes the attacks so that the test's own clock is not held up by them. */
export type Order =
  | { readonly attack: AttackName; readonly target: Target }
  | { readonly attack: 'fuzz'; readonly target: Target; readonly seed: number; readonly runs: number };

// The machine is shared with the engine: an attacker elsewhere would take none of its processor.
setPriority(10);

process.on('message', (order: Order) => {
  const made =
    order.attack === 'fuzz'
      ? fuzz(order.target, order.seed, order.runs)
      : ATTACKS[order.attack](order.target);
  made.then(
    (what) => process.send?.({ what }),
    (thrown: unknown) => process.send?.({ failed: String(thrown) }),
  );
});
