import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Softphone } from './softphone.ts';

/** The keys of a telephone, with their letters. Source: ITU-T E.161. */
const KEYS: readonly (readonly [key: string, letters: string])[] = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
];
const NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' };
/** How long a key that was typed stays lit, in ms. */
const LIT_MS = 140;

interface KeypadProps {
  readonly phone: Softphone;
  readonly keys: string;
}

/** Shows the 12 keys of a telephone, to press or to type. What is typed into a field presses none. */
export function Keypad({ phone, keys }: KeypadProps) {
  const lit = useTypedKeys(phone);
  return (
    <section aria-label="Keypad" className="keypad">
      <output className="keypad-keys mono" aria-label="Keys pressed">
        {keys === '' ? <span className="quiet">Press or type digits</span> : keys}
      </output>
      <div className="keypad-grid">
        {KEYS.map(([key, letters]) => (
          <Button
            key={key}
            className="key"
            aria-label={NAMES[key] ?? key}
            {...(lit === key && { 'data-lit': true })}
            onPress={() => {
              phone.press(key);
            }}
          >
            <span className="key-digit">{key}</span>
            <span className="key-letters" aria-hidden="true" data-letters={letters} />
          </Button>
        ))}
      </div>
    </section>
  );
}

/** Presses the keys that are typed on the keyboard. @returns the key that is lit. */
function useTypedKeys(phone: Softphone): string | undefined {
  const [lit, setLit] = useState<string>();
  useEffect(() => {
    let timer: number | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (!/^[\d*#]$/.test(event.key) || isWriting(event.target)) return;
      phone.press(event.key);
      setLit(event.key);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        setLit(undefined);
      }, LIT_MS);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [phone]);
  return lit;
}

const isWriting = (target: EventTarget | null) =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
