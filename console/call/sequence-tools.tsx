import { useState } from 'react';
import { Button, CheckboxGroup, Input, SearchField } from 'react-aria-components';
import { Chip } from '../parts/chip.tsx';
import { Choice } from '../parts/choice.tsx';
import { countText } from '../parts/figures.ts';
import type { RowKind } from '../timeline/row.ts';
import { ROW_KINDS, type SequenceFilter } from '../timeline/sequence-filter.ts';

interface SequenceToolsProps {
  readonly lanes: readonly string[];
  readonly filter: SequenceFilter;
  readonly text: string;
  /** Positions in the log of the rows that were found. */
  readonly found: readonly number[];
  /** The number of rows up to the one that is looked at. */
  readonly count: number;
  readonly onFilter: (filter: SequenceFilter) => void;
  readonly onText: (text: string) => void;
  readonly onPlace: (count: number) => void;
  /** Undefined at the smallest size. */
  readonly onZoomOut: (() => void) | undefined;
  readonly onZoomIn: (() => void) | undefined;
}

const KIND_NAMES: Readonly<Record<RowKind, string>> = {
  fact: 'Facts',
  order: 'Orders',
  announcement: 'Announced',
};

/** The id of the choice "all lanes": a choice cannot have an empty id. */
const ALL = 'all lanes';

/** Shows the controls of the log: filter, search, zoom, and a button that copies a link to the row. */
export function SequenceTools(props: SequenceToolsProps) {
  const { lanes, filter, text, found, count, onFilter, onText, onPlace, onZoomOut, onZoomIn } = props;
  const at = found.indexOf(count - 1);
  const next = () => {
    const index = found.find((each) => each >= count) ?? found[0];
    if (index !== undefined) onPlace(index + 1);
  };
  const previous = () => {
    const index = found.findLast((each) => each < count - 1) ?? found.at(-1);
    if (index !== undefined) onPlace(index + 1);
  };
  return (
    <div className="sequence-tools" role="group" aria-label="Tools of the sequence">
      <SearchField
        className="sequence-find"
        aria-label="Find in the rows"
        value={text}
        onChange={onText}
        onSubmit={next}
      >
        <Input className="input" placeholder="Find an event, a state, a word" />
      </SearchField>
      <span className="sequence-hits label" role="status">
        {text.trim() !== '' && hitsText(at, found.length)}
      </span>
      <Tool label="Previous one found" sign="↑" onPress={found.length === 0 ? undefined : previous} />
      <Tool label="Next one found" sign="↓" onPress={found.length === 0 ? undefined : next} />
      <CheckboxGroup
        className="sequence-kinds"
        aria-label="Kinds of rows"
        value={[...filter.kinds]}
        onChange={(kinds) => {
          onFilter({ ...filter, kinds: new Set(ROW_KINDS.filter((kind) => kinds.includes(kind))) });
        }}
      >
        {ROW_KINDS.map((kind) => (
          <Chip key={kind} value={kind}>
            {KIND_NAMES[kind]}
          </Chip>
        ))}
      </CheckboxGroup>
      <Choice
        label="Lane"
        isLabelHidden
        items={[ALL, ...lanes].map((id) => ({ id, label: id }))}
        value={filter.lane ?? ALL}
        onChange={(lane) => {
          onFilter({ ...filter, lane: lane === ALL ? undefined : lane });
        }}
      />
      <Tool label="Smaller rows" sign="−" onPress={onZoomOut} />
      <Tool label="Larger rows" sign="+" onPress={onZoomIn} />
      <CopyLink />
    </div>
  );
}

function hitsText(at: number, hits: number): string {
  if (hits === 0) return 'nothing found';
  return at < 0 ? `${countText(hits)} found` : `${countText(at + 1)} of ${countText(hits)}`;
}

interface ToolProps {
  readonly label: string;
  readonly sign: string;
  readonly onPress: (() => void) | undefined;
}

function Tool({ label, sign, onPress }: ToolProps) {
  return (
    <Button
      className="button"
      data-kind="plain"
      data-icon-only=""
      aria-label={label}
      isDisabled={onPress === undefined}
      {...(onPress !== undefined && { onPress })}
    >
      {sign}
    </Button>
  );
}

/** Copies the address of the page, which has the moment in it. Says so when the browser has no clipboard. */
function CopyLink() {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  return (
    <Button
      className="button"
      data-kind="plain"
      onPress={() => {
        // Browsers have no clipboard for pages without https.
        const clipboard = navigator.clipboard as Clipboard | undefined;
        if (clipboard === undefined) {
          setOutcome('refused');
          return;
        }
        clipboard.writeText(location.href).then(
          () => {
            setOutcome('copied');
          },
          () => {
            setOutcome('refused');
          },
        );
      }}
    >
      {outcome === 'copied' ? 'Link copied' : outcome === 'refused' ? 'It is in the address' : 'Copy link'}
    </Button>
  );
}
