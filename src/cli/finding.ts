/** One thing that was looked at. */
export interface Finding {
  readonly isSound: boolean;
  /** One line; the first of several, where what to write down somewhere follows it. */
  readonly text: string;
}

export const sound = (text: string): Finding => ({ isSound: true, text });
export const bad = (text: string): Finding => ({ isSound: false, text });
