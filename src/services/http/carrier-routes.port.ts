import type { Desk } from '../desk/desk.ts';
import type { RouteSpec } from './route-spec.ts';
import type { Handler } from './routes.ts';

/** What the carrier's routes need. */
export interface CarrierRouteDeps {
  readonly desk: Desk;
  readonly publicUrl: string;
  /** Writes down an exception that becomes no HTTP error. */
  readonly report: (thrown: unknown) => void;
}

/** What a carrier asks of the engine over HTTP. */
export interface CarrierRoutes {
  /** All its paths begin with it, and all beneath it is its own. */
  readonly prefix: string;
  /** By method and path, as in `RouteRow.name`. */
  readonly specs: Readonly<Record<string, RouteSpec>>;
  /** One for each of `specs`. */
  readonly handlersOf: (deps: CarrierRouteDeps) => Readonly<Record<string, Handler>>;
}
