import type { Clock } from '../../../clock.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../../protocol/field-problem.ts';
import type { McpServer, Webhook } from '../../../protocol/profile-tools.ts';
import type { Outward } from './outward.ts';
import { PROGRAM, type SecretTarget, type ToolSecrets } from './tool-secrets.ts';
import { webhookTool } from './webhook-tool.ts';

export interface ProfileProblemsParts {
  readonly outward: Outward;
  /** What a profile may name, and where it may go. */
  readonly secrets: ToolSecrets;
  readonly clock: Clock;
}

/** What is wrong with a profile's webhooks and servers that its schema cannot see. Asks nobody. */
export class ProfileProblems {
  readonly #parts: ProfileProblemsParts;

  constructor(parts: ProfileProblemsParts) {
    this.#parts = parts;
  }

  of({ webhooks, mcpServers }: AgentProfile): FieldProblem[] {
    return [
      ...webhooks.flatMap((webhook, index) => this.#ofWebhook(webhook, `webhooks.${String(index)}`)),
      ...mcpServers.flatMap((server, index) => this.#ofServer(server, `mcpServers.${String(index)}`)),
    ];
  }

  #ofWebhook(webhook: Webhook, path: string): FieldProblem[] {
    return [
      ...this.#ofUrl(webhook.url, `${path}.url`),
      ...this.#ofSecret(webhook.secret, new URL(webhook.url), `${path}.secret`),
      ...this.#ofArguments(webhook, `${path}.arguments`),
    ];
  }

  #ofServer(server: McpServer, path: string): FieldProblem[] {
    if ('url' in server)
      return [
        ...this.#ofUrl(server.url, `${path}.url`),
        ...this.#ofSecret(server.bearer, new URL(server.url), `${path}.bearer`),
      ];
    return Object.entries(server.env).flatMap(([name, source]) =>
      this.#ofSecret(source, PROGRAM, `${path}.env.${name}`),
    );
  }

  #ofUrl(url: string, path: string): FieldProblem[] {
    const message = this.#parts.outward.problemOf(new URL(url));
    return message === undefined ? [] : [{ path, message }];
  }

  #ofSecret(name: string | undefined, target: SecretTarget, path: string): FieldProblem[] {
    const message = name === undefined ? undefined : this.#parts.secrets.problemOf(name, target);
    return message === undefined ? [] : [{ path, message }];
  }

  #ofArguments(webhook: Webhook, path: string): FieldProblem[] {
    const { outward, clock } = this.#parts;
    const tool = webhookTool(webhook, { outward, clock, secret: undefined });
    return 'problem' in tool ? [{ path, message: `cannot be checked: ${tool.problem}` }] : [];
  }
}
