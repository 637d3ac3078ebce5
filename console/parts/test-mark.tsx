import './test-mark.css';

/** Marks a call that was placed to try the engine. */
export function TestMark() {
  return (
    <span className="test-mark" title="Placed to try the engine: no figure counts it unless asked to">
      test
    </span>
  );
}
