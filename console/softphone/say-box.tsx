import { useState } from 'react';
import { Button, Label, Text, TextArea, TextField } from 'react-aria-components';
import { languageText } from '../analytics/figures.ts';
import type { Softphone } from './softphone.ts';

/** The most characters that the built-in voice says at once. */
const MAX_CHARACTERS = 500;

interface SayBoxProps {
  readonly phone: Softphone;
  /** How many sentences are not sent yet. */
  readonly toSay: number;
  /** The language that the agent speaks, unless the caller changes it; BCP 47. */
  readonly language: string;
}

/** Takes a text from a caller without a microphone, which the built-in voice says for them, in English. */
export function SayBox({ phone, toSay, language }: SayBoxProps) {
  const [text, setText] = useState('');
  const isEnglish = /^en\b/i.test(language);

  const say = () => {
    const words = text.trim();
    if (words === '') return;
    setText('');
    void phone.say(words);
  };

  return (
    <form
      className="say"
      onSubmit={(event) => {
        event.preventDefault();
        say();
      }}
    >
      <TextField className="field" value={text} onChange={setText} maxLength={MAX_CHARACTERS}>
        <Label>Say without a microphone, in English</Label>
        <TextArea
          className="input"
          rows={2}
          lang="en"
          placeholder="What are your opening hours?"
          autoComplete="off"
          onKeyDown={(event) => {
            // Enter that ends a word of an input method does not send.
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            say();
          }}
        />
        <Text slot="description" className="say-note label">
          {isEnglish
            ? 'Enter says it, Shift and Enter begin a new line.'
            : `The built-in voice speaks English only; this agent speaks ${languageText(language)}. Use a microphone for other languages. Enter says it.`}
        </Text>
      </TextField>
      <Button type="submit" className="button" isDisabled={text.trim() === ''}>
        Say
      </Button>
      <p className="say-state label" role="status">
        {toSay > 0 ? 'Speaking for you…' : ''}
      </p>
    </form>
  );
}
