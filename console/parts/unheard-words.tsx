import './unheard-words.css';

/**
 * Shows words of the agent that the caller did not hear, struck through. Screen
 * readers do not tell that they are struck through, so hidden words say it.
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
