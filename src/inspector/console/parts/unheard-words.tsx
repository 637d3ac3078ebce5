import './unheard-words.css';

/**
 * Words of the agent that were cut off before they were heard. Struck through
 * for the eye; screen readers do not tell that line, so it is said.
 */
export function UnheardWords({ text }: { readonly text: string }) {
  return (
    <>
      <span className="visually-hidden">Not heard: </span>
      <del className="unheard-words" dir="auto">
        {text}
      </del>
    </>
  );
}
