import { Link, useParams } from 'wouter';
import { AgentEditor } from '../agents/agent-editor.tsx';
import { useAgents } from '../agents/agents-api.ts';
import { NewAgent } from '../agents/new-agent.tsx';
import { useTitle } from '../parts/use-title.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import '../agents/agents-page.css';

/** Lists the agents, and edits the profile of one. */
export function AgentsPage() {
  const { id } = useParams();
  const { data, error, refetch } = useAgents();
  useTitle(data?.find((agent) => agent.id === id)?.business.name ?? 'Agents');
  if (error !== null) return <Failure error={error} what="The agents" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the agents" />;

  return (
    <div className="agents">
      <nav className="agents-list" aria-label="Agents">
        <ul>
          {data.map((agent) => (
            <li key={agent.id}>
              <Link
                href={`/agents/${encodeURIComponent(agent.id)}`}
                className="agents-item"
                aria-current={agent.id === id ? 'page' : undefined}
              >
                <span className="agents-name">{agent.business.name}</span>
                <code className="agents-id">{agent.id}</code>
                <span className="agents-numbers label">
                  {agent.phoneNumbers.length === 0 ? 'no number of its own' : agent.phoneNumbers.join(', ')}
                </span>
              </Link>
            </li>
          ))}
        </ul>
        <NewAgent taken={data.map((agent) => agent.id)} />
      </nav>
      <div className="agents-editor">
        {id === undefined ? (
          <Notice title="Choose an agent">
            A profile says which numbers it answers, what it knows of the business, how it speaks and what it
            may do.
          </Notice>
        ) : (
          <AgentEditor key={id} id={id} />
        )}
      </div>
    </div>
  );
}
