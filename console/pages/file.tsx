import { useMemo } from 'react';
import { OpenFile } from '../calls/open-file.tsx';
import type { ShownCall } from '../call/call-log.ts';
import { CallScreen } from '../call/call-screen.tsx';
import { useOpenedFile } from '../call/opened-file.ts';
import { hide, reveal, useWordsShown } from '../call/words-shown.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { rowOf } from '../timeline/row.ts';
import { NOTHING_SPOKEN } from '../timeline/spoken-lines.ts';
import { wordsIn } from '../timeline/transcript-words.ts';

/** Shows a call from a file, as any other call, without an engine. */
export function FilePage() {
  const opened = useOpenedFile();
  const file = opened?.file;
  const areShown = useWordsShown();
  const shown = useMemo(
    (): ShownCall | undefined =>
      file && {
        call: { ...file.call, isLive: false, isAwaited: false, commands: [], delays: file.delays },
        rows: file.rows.map(rowOf),
        words: wordsIn(file.transcript),
        spoken: NOTHING_SPOKEN,
        chart: file.chart,
        isRevealed: file.words === 'full' && areShown,
        reveal: file.words === 'full' && !areShown ? reveal : undefined,
        hide: file.words === 'full' && areShown ? hide : undefined,
      },
    [file, areShown],
  );
  if (shown !== undefined) return <CallScreen key={opened?.name} shown={shown} isFile />;
  if (opened === undefined) {
    return (
      <Notice title="No file is open">
        <p>Drop a call’s file on this page, or choose one.</p>
        <OpenFile />
      </Notice>
    );
  }
  if (opened.trouble === undefined) return <Loading what={opened.name} />;
  return (
    <Notice tone="bad" title={`${opened.name} cannot be opened`}>
      <p>{opened.trouble}</p>
      <OpenFile />
    </Notice>
  );
}
