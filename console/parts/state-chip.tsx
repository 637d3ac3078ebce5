import './state-chip.css';

/** The colour of a state, by who has the floor in it. */
function toneOf(path: string): string {
  if (path.startsWith('conversing.listening')) return 'caller';
  if (path.startsWith('conversing.responding') || path.startsWith('conversing.greeting')) return 'agent';
  if (path.startsWith('conversing.toolExecuting')) return 'tool';
  if (path.startsWith('conversing.interrupted')) return 'bad';
  return 'calm';
}

interface StateChipProps {
  readonly path: string;
  /** No process has the call: it stood in that state when its process was lost, or handed it over. */
  readonly isAwaited?: boolean;
}

/** Shows the path of a state, without `conversing.`; on hover, all of it. */
export function StateChip({ path, isAwaited = false }: StateChipProps) {
  if (isAwaited)
    return (
      <span
        className="state-chip"
        data-tone="bad"
        title={`No process has this call: it was in ${path}, and goes on when the carrier asks`}
      >
        awaited
      </span>
    );
  const name = path.replace(/^conversing\./, '');
  return (
    <span className="state-chip" data-tone={toneOf(path)} title={path}>
      {name === '' ? 'starting' : name}
    </span>
  );
}
