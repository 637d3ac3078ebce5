import type { AgentPreview } from '../../src/protocol/console-agents.ts';
import { Notice } from '../parts/notice.tsx';

/** Shows the instructions that a model would get from this draft, word for word. */
export function Preview({ preview }: { readonly preview: AgentPreview }) {
  if (preview.instructions === null) {
    return (
      <Notice title="No instructions yet">
        They are composed when the profile has no problems. What is wrong is told above.
      </Notice>
    );
  }
  return (
    <div className="preview">
      <section aria-label="Greeting">
        <h2>Greeting</h2>
        <p className="preview-greeting">{preview.greeting}</p>
      </section>
      <section aria-label="Instructions">
        <h2>Instructions</h2>
        <pre className="preview-text">{preview.instructions}</pre>
      </section>
    </div>
  );
}
