import './state-chip.css';

/** Who has the floor in a state, as a hue. */
function toneOf(path: string): string {
  if (path.startsWith('conversing.listening')) return 'caller';
  if (path.startsWith('conversing.responding') || path.startsWith('conversing.greeting')) return 'agent';
  if (path.startsWith('conversing.toolExecuting')) return 'tool';
  if (path.startsWith('conversing.interrupted')) return 'bad';
  return 'calm';
}

/** A state by its last fixed name; the whole path for those who want it. */
export function StateChip({ path }: { readonly path: string }) {
  const name = path.replace(/^conversing\./, '');
  return (
    <span className="state-chip" data-tone={toneOf(path)} title={path}>
      {name === '' ? 'starting' : name}
    </span>
  );
}
