import { EngineError } from '../../errors.ts';

/** A call that is not placed, or of which nobody knows. */
export class PlacingRefused extends EngineError {
  /** Why, for whoever asked. */
  readonly detail: string;
  /** Seconds after which asking again can help; undefined where it cannot, or nobody knows. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: 'REQUEST_INVALID' | 'FORBIDDEN' | 'RATE_LIMITED' | 'UNAVAILABLE',
    detail: string,
    retryAfterS?: number,
  ) {
    super(code, detail);
    this.detail = detail;
    this.retryAfterS = retryAfterS;
  }
}
