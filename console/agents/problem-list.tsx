import type { FieldProblem } from '../../src/protocol/field-problem.ts';

interface ProblemListProps {
  readonly problems: readonly FieldProblem[];
}

const plural = new Intl.PluralRules('en');

/** Lists every problem of a draft; a press goes to its field. */
export function ProblemList({ problems }: ProblemListProps) {
  if (problems.length === 0) return null;
  const noun = plural.select(problems.length) === 'one' ? 'problem' : 'problems';
  return (
    <section className="problems" aria-label="Problems">
      <p className="problems-title">
        {problems.length} {noun} to solve before this can be saved
      </p>
      <ul>
        {problems.map(({ path, message }, index) => (
          <li key={index}>
            <a
              href={`#field-${path}`}
              onClick={(event) => {
                event.preventDefault();
                find(path)?.focus();
              }}
            >
              <code>{path === '' ? 'profile' : path}</code>
            </a>{' '}
            {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Finds the element of a problem's field, or of the nearest field around it. */
function find(path: string): HTMLElement | null {
  const steps = path.split('.');
  while (steps.length > 0) {
    const field = document.getElementById(`field-${steps.join('.')}`);
    if (field !== null) return field;
    steps.pop();
  }
  return null;
}
