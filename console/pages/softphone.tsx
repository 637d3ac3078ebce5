import { Link, useLocation, useSearchParams } from 'wouter';
import { useAgents } from '../agents/agents-api.ts';
import { Choice } from '../parts/choice.tsx';
import { useTitle } from '../parts/use-title.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { LiveCallPanel } from '../softphone/live-call-panel.tsx';
import { PhonePanel } from '../softphone/phone-panel.tsx';
import { useSoftphone } from '../softphone/use-softphone.ts';
import '../softphone/softphone-page.css';

const DEFAULT = 'default';
/** The language of an agent that is not saved yet. */
const ENGLISH = 'en';

/** Shows a telephone, and beside it the call that it makes. */
export function SoftphonePage() {
  const { phone, state } = useSoftphone();
  useTitle('Softphone');
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const agents = useAgents();
  const agentId = search.get('agent') ?? DEFAULT;
  const draftId = search.get('draft') ?? undefined;
  if (agents.error !== null) {
    return <Failure error={agents.error} what="The agents" onRetry={() => void agents.refetch()} />;
  }
  if (agents.data === undefined) return <Loading what="the agents" />;
  const agent = agents.data.find(({ id }) => id === agentId);
  const name = agent?.business.name ?? agentId;
  const isBusy = state.phase === 'dialling' || state.phase === 'talking';
  const callSid = state.phase === 'talking' || state.phase === 'ended' ? state.callSid : undefined;

  return (
    <div className="softphone">
      <section className="softphone-phone" aria-label="Phone">
        <h1>Softphone</h1>
        {draftId === undefined ? (
          <Choice
            label="Agent"
            items={agents.data.map(({ id, business }) => ({ id, label: business.name }))}
            value={agentId}
            onChange={(id) => {
              navigate(`/softphone?agent=${encodeURIComponent(id)}`, { replace: true });
            }}
            isDisabled={isBusy}
          />
        ) : (
          <p className="softphone-draft">
            You call a draft of {name}, which is not saved.{' '}
            <Link href={`/agents/${encodeURIComponent(agentId)}`}>Back to the draft</Link>
          </p>
        )}
        <PhonePanel
          phone={phone}
          state={state}
          dialled={draftId === undefined ? { agentId } : { draftId }}
          name={draftId === undefined ? name : 'the draft'}
          language={agent?.language.default ?? ENGLISH}
        />
      </section>
      <section className="softphone-call" aria-label="The call">
        {callSid === undefined ? (
          <Notice title="Nobody is on the line">
            Talk to an agent through this computer, as a caller does through a telephone. What it hears, says
            and decides is shown here while you talk.
          </Notice>
        ) : (
          <LiveCallPanel key={callSid} callSid={callSid} />
        )}
      </section>
    </div>
  );
}
