import { Problem } from '../protocol/problem.ts';
import { bad, type Finding, sound } from './finding.ts';

const ANSWER_WITHIN_MS = 5000;

/**
 * Asks the engine at its public URL whether it takes new calls, and why not. Undefined where no engine answers: that is
 * what the webhook's finding says.
 */
export async function checkReadiness(publicUrl: string): Promise<Finding | undefined> {
  try {
    const answer = await fetch(`${publicUrl}/readyz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.ok) return sound('the engine takes new calls');
    const { title, detail = title } = Problem.parse(await answer.json());
    return bad(`the engine takes no new call: ${detail}`);
  } catch {
    return undefined;
  }
}
