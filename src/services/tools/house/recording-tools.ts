import { z } from 'zod';
import { defineTool, type Tool, type ToolPolicy } from '../define-tool.ts';
import { done } from '../tool-answer.ts';

export interface RecordingParts {
  /** The recording of a call is to pause, or to go on. */
  readonly requestRecording: (callSid: string, paused: boolean) => void;
}

/** Nothing leaves the house, and saying it twice is harmless. */
const POLICY: ToolPolicy = {
  kind: 'reads',
  once: 'none',
  outlivesCall: false,
  needsReadBack: false,
  isWayOut: false,
};

/** Has the recording pause, and go on. A call that is not recorded has neither. */
export const recordingTools = ({ requestRecording }: RecordingParts): Tool[] => [
  defineTool({
    name: 'pause_recording',
    description:
      'Pause the recording of this call. Use it when the caller asks not to be recorded, and before the caller says or keys in what must not be kept, such as a card number.',
    policy: POLICY,
    isOffered: ({ recording }) => recording,
    args: () => z.strictObject({}),
    run: (_args, { call }) => {
      requestRecording(call.callSid, true);
      return done({ recording: 'paused' });
    },
  }),
  defineTool({
    name: 'resume_recording',
    description:
      'Let the recording of this call go on. Use it when what must not be kept is over; never when the caller asked not to be recorded.',
    policy: POLICY,
    isOffered: ({ recording }) => recording,
    args: () => z.strictObject({}),
    run: (_args, { call }) => {
      requestRecording(call.callSid, false);
      return done({ recording: 'on' });
    },
  }),
];
