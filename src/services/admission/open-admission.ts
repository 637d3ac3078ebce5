import type { Clock } from '../../clock.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Log } from '../../log.ts';
import type { DaySums } from '../storage/admission.port.ts';
import type { Journal } from '../storage/journal.port.ts';
import { Admission, type CallerLimits } from './admission.ts';
import { DayWatch } from './day-watch.ts';
import type { ModelCircuit } from './model-circuit.ts';
import { EngineDay } from './engine-day.ts';
import type { ModelRates } from './model-rates.ts';
import { RefusalTally } from './refusal-tally.ts';
import { SpendingMeter } from './spending-meter.ts';

/** The limits that an operator sets. Null: no limit. */
export interface AdmissionSettings {
  readonly callers: CallerLimits;
  readonly day: {
    /** IANA zone. */
    readonly timezone: string;
    readonly calls: number | null;
    readonly minutes: number | null;
    /** In the currency of the rates. */
    readonly cost: number | null;
  };
  readonly placed: { readonly perMinute: number | null; readonly perDay: number | null };
  readonly rates: ModelRates;
}

export interface OpenAdmissionParts {
  readonly settings: AdmissionSettings;
  readonly lines: number;
  /** Other processes take calls, too. */
  readonly isOneOfMany?: boolean;
  readonly circuit: ModelCircuit;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: {
    callRefused(cause: RefusalCause): void;
    spentToday(sums: DaySums): void;
  };
  readonly onOverdrawn: () => void;
}

/** Puts together what decides who may take a line, and what measures what that costs. */
export function openAdmission(parts: OpenAdmissionParts): { admission: Admission; meter: SpendingMeter } {
  const { settings, lines, isOneOfMany = false, circuit, journal, clock, log, metrics, onOverdrawn } = parts;
  const { callers, placed, rates } = settings;
  const { timezone, calls, minutes, cost } = settings.day;
  const ceilings = {
    calls,
    modelMs: minutes === null ? null : minutes * 60_000,
    costMicros: cost === null ? null : cost * 1e6,
  };
  const day = new EngineDay(timezone);
  const show = (sums: DaySums) => {
    metrics.spentToday(sums);
  };
  const watch = new DayWatch({ ceilings, log, show, onOverdrawn });
  const meter = new SpendingMeter({
    ...{ journal, clock, log, day, rates },
    onSums: (of, sums) => {
      watch.see(of, sums);
    },
  });
  const tally = new RefusalTally({
    ...{ journal, clock, log },
    count: (cause) => {
      metrics.callRefused(cause);
    },
  });
  const admission = new Admission({
    ...{
      lines,
      isOneOfMany,
      circuit,
      callers,
      ceilings,
      placedPerDay: placed.perDay,
      day,
      meter,
      tally,
      clock,
    },
  });
  return { admission, meter };
}
