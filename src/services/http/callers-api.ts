import type { Erasures } from '../erasing/erasures.ts';
import type { Answer } from './answer.ts';
import { RequestProblem } from './problems.ts';
import { readPhone } from './request-schema.ts';
import type { Handler } from './routes.ts';

/** Erases what is stored about a number. The number stands in the address, so no answer repeats it and no log line holds an address. */
export function callersApi({ erasures }: { readonly erasures: Pick<Erasures, 'caller'> }) {
  return {
    'DELETE /api/callers/:phone': async ({ params }): Promise<Answer> => {
      switch (await erasures.caller(readPhone(params))) {
        case 'erased':
          return { status: 204, type: 'application/json', text: '' };
        case 'unknown':
          throw new RequestProblem('NOT_FOUND', { detail: 'nothing is stored about this number' });
        case 'live':
          throw new RequestProblem('CONFLICT', {
            detail: 'nothing was erased: this number is in a call; hang up first, or try again after its end',
          });
      }
    },
  } satisfies Record<string, Handler>;
}
