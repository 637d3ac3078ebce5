import { Button } from 'react-aria-components';
import { FailureBanner } from '../parts/failing.tsx';
import { howItFailed } from '../parts/how-it-failed.ts';
import { CallHead } from './call-head.tsx';
import type { ShownCall } from './call-log.ts';
import type { CallPlace } from './call-place.ts';
import { Commands } from './commands.tsx';
import { EraseCaller } from './erase-caller.tsx';
import { ExportMenu } from './export-menu.tsx';

interface CallTopProps {
  readonly shown: ShownCall;
  readonly place: CallPlace;
  readonly isFile: boolean;
  /** True while the engine does not answer. */
  readonly isGone: boolean;
}

/** Shows which call it is, the buttons for it, and why it failed. */
export function CallTop({ shown, place, isFile, isGone }: CallTopProps) {
  const { call, isRevealed, reveal, hide } = shown;
  const { row, endAt, isLive, isAwaited, isMuted, isRecordingPaused } = place;
  // One button shows and hides words, so that it keeps the focus of the keyboard.
  const toggleWords = isRevealed ? hide : reveal;
  return (
    <div>
      <CallHead call={call} path={row?.path ?? ''} endAt={endAt} isLive={isLive} isAwaited={isAwaited}>
        {isLive && !call.isAwaited && (
          <Commands
            callSid={call.callSid}
            commands={call.commands}
            {...{ isMuted, isRecordingPaused, isGone }}
          />
        )}
        {toggleWords !== undefined && (
          <Button
            className="button"
            data-kind="plain"
            aria-label={isRevealed ? 'Hide words and numbers' : 'Show words and numbers'}
            onPress={toggleWords}
          >
            {isRevealed ? 'Hide words' : 'Show words'}
          </Button>
        )}
        {!isFile && <ExportMenu callSid={call.callSid} isGone={isGone} />}
        {!isFile && !isLive && <EraseCaller call={call} isGone={isGone} />}
      </CallHead>
      {call.failure !== null && <FailureBanner what={howItFailed(call)} failure={call.failure} />}
    </div>
  );
}
