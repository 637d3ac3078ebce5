import type { Clock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';
import type { Webhook } from '../../../protocol/profile-tools.ts';
import { callerOf } from '../../desk/call-facts.ts';
import { deadlineAfter } from '../deadline.ts';
import type { RunContext, Tool } from '../define-tool.ts';
import { jsonSchemaTool } from './json-schema-tool.ts';
import type { Outward, OutwardRequest } from './outward.ts';
import { fail, type Fields, type ToolAnswer } from '../tool-answer.ts';
import { policyOf } from '../tool-policy.ts';
import { answerOf, unanswered } from './webhook-answer.ts';
import { signatureHeaders } from './webhook-signature.ts';

export interface WebhookParts {
  readonly outward: Outward;
  readonly clock: Clock;
  /** What requests are signed with; undefined for a webhook without a secret. */
  readonly secret: string | undefined;
}

/**
 * A tool that is one HTTP request to a system of the business.
 *
 * The idempotency key travels with it, so a far end that has seen it before
 * answers as it did. Nothing is tried twice from here: the caller is waiting.
 * A schema that cannot be checked makes no tool.
 */
export function webhookTool(
  webhook: Webhook,
  { outward, clock, secret }: WebhookParts,
): Tool | { readonly problem: string } {
  const { name, description, method, timeoutMs } = webhook;
  const policy = policyOf(webhook.policy ?? { kind: method === 'GET' ? 'reads' : 'effect' });
  const isEffect = policy.kind === 'effect';

  return jsonSchemaTool({ name, description, policy, parameters: webhook.arguments, run });

  async function run(args: Fields, context: RunContext): Promise<ToolAnswer> {
    const { url, body } = written(webhook, args, context);
    const headers = {
      Accept: 'application/json',
      'Accept-Encoding': 'identity',
      'Idempotency-Key': context.key,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(secret !== undefined &&
        signatureHeaders(
          { id: context.key, content: body ?? url.pathname + url.search, secret },
          clock.now(),
        )),
    };
    const deadline = deadlineAfter(timeoutMs, clock, context.signal);
    const request: OutwardRequest = {
      method,
      headers,
      signal: deadline.signal,
      ...(body !== undefined && { body }),
    };
    try {
      return await answerOf(await outward.request(url, request), isEffect);
    } catch (thrown) {
      // What the door itself throws is thrown before the request has left.
      if (thrown instanceof EngineError) return fail(deadline.isOver() ? 'TOOL_TIMEOUT' : thrown.code);
      return unanswered(isEffect, deadline.isOver() ? 'TOOL_TIMEOUT' : 'TOOL_UNREACHABLE');
    } finally {
      deadline.clear();
    }
  }
}

/** Where the request goes and what it carries. */
function written({ method, url, name }: Webhook, args: Fields, { call, key }: RunContext) {
  const target = new URL(url);
  if (method !== 'GET' && method !== 'DELETE') {
    const { callSid, agentId, direction } = call;
    const facts = { callSid, agentId, direction, caller: callerOf(call) };
    return { url: target, body: JSON.stringify({ tool: name, arguments: args, call: facts, key }) };
  }
  for (const [field, value] of Object.entries(args)) {
    if (value !== undefined)
      target.searchParams.append(field, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { url: target, body: undefined };
}
