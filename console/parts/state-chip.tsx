import './state-chip.css';

/** The colour of a state, by who has the floor in it. */
function toneOf(path: string): string {
  if (path.startsWith('conversing.listening')) return 'caller';
  if (path.startsWith('conversing.responding') || path.startsWith('conversing.greeting')) return 'agent';
  if (path.startsWith('conversing.toolExecuting')) return 'tool';
  if (path.startsWith('conversing.interrupted')) return 'bad';
  return 'calm';
}

/** Shows the path of a state, without `conversing.`; on hover, all of it. */
export function StateChip({ path }: { readonly path: string }) {
  const name = path.replace(/^conversing\./, '');
  return (
    <span className="state-chip" data-tone={toneOf(path)} title={path}>
      {name === '' ? 'starting' : name}
    </span>
  );
}
