/** A chart with a place for everything on paper, as `GET /api/charts/:machineId` tells it. Laid out ahead, not by the server. */

import { z } from 'zod';
import { Delays } from './console-calls.ts';

/** Lengths in px from the top left corner of the whole. */
const Point = z.strictObject({ x: z.number(), y: z.number() });
const Rect = Point.extend({ width: z.number(), height: z.number() });

export const PictureNode = z.strictObject({
  /** Full id, `call.conversing.listening`. */
  id: z.string(),
  /** Without the machine's id: as in rows. */
  path: z.string(),
  key: z.string(),
  kind: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
  parent: z.string().nullable(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  entry: z.array(z.string()),
  exit: z.array(z.string()),
  /** Children held while in the state, by their names in the ports. */
  invokes: z.array(z.string()),
  /** What the caller experiences in it, in words; empty where nothing is told. */
  story: z.string(),
});
export type PictureNode = z.infer<typeof PictureNode>;

/** A transition. Every one of the chart is here, also those that are not drawn. */
export const PictureEdge = z.strictObject({
  /** Transition key, as in `taken` of rows. */
  id: z.string(),
  source: z.string(),
  /** Null when the state is not left. */
  target: z.string().nullable(),
  /** The event as it is written in rows: `caller.startedSpeaking`, `after.idleAfter`; `always`, `done`. */
  event: z.string(),
  /** The event in a reader's words: `after idleAfter`, `phone failed`. */
  label: z.string(),
  kind: z.enum(['event', 'always', 'after', 'done', 'error']),
  guard: z.string().nullable(),
  actions: z.array(z.string()),
  note: z.string().nullable(),
  /** Index into `lines`; null when it is not drawn: it leads nowhere, or back to where it began. */
  line: z.int().nullable(),
});
export type PictureEdge = z.infer<typeof PictureEdge>;

/** What is drawn between two states: one line for all transitions between them. */
export const PictureLine = z.strictObject({
  points: z.array(Point),
  /** Ids of the transitions drawn as this one; empty for the first arrow from a dot. */
  edges: z.array(z.string()),
  /** Lies on the line. Pictures of older engines have no size of it: there it lies beside, from its left top corner. */
  label: Point.extend({
    rows: z.array(z.string()),
    width: z.number().optional(),
    height: z.number().optional(),
  }).nullable(),
});
export type PictureLine = z.infer<typeof PictureLine>;

/** The same chart from further away: some states are folded, and lines have no words. */
export const PictureOverview = z.strictObject({
  width: z.number(),
  height: z.number(),
  /** The machine's own box; lines lead from it that are taken in every state. Pictures of older engines have none. */
  frame: Rect.optional(),
  nodes: z.array(PictureNode.pick({ id: true, path: true, key: true, kind: true }).extend(Rect.shape)),
  /** Every transition between two boxes that are seen is of a line, by its own id. */
  lines: z.array(PictureLine),
  dots: z.array(Point),
});
export type PictureOverview = z.infer<typeof PictureOverview>;

/** A region beside the floor: a condition with a life of its own. Not drawn as boxes and lines: shown as a lane. */
export const PictureRegion = z.strictObject({
  name: z.string(),
  story: z.string(),
  states: z.array(PictureNode.pick({ id: true, path: true, kind: true, story: true })),
});
export type PictureRegion = z.infer<typeof PictureRegion>;

export const ChartPicture = z.strictObject({
  /** Version of the shape. */
  version: z.literal(1),
  machineId: z.string(),
  /** Fingerprint of the chart: two pictures of one chart have the same. */
  fingerprint: z.string(),
  width: z.number(),
  height: z.number(),
  frame: Rect.optional(),
  /** Parents before their children; the root has no node, but the frame. */
  nodes: z.array(PictureNode),
  edges: z.array(PictureEdge),
  lines: z.array(PictureLine),
  /** Dots from which a first arrow leads to the child entered by default. */
  dots: z.array(Point),
  /** Of charts that have any; their transitions are among `edges`. Pictures of older engines have none. */
  regions: z.array(PictureRegion).default([]),
  overview: PictureOverview,
  /** Fixed lengths in ms; null where the profile or the call decides. */
  delays: Delays,
});
export type ChartPicture = z.infer<typeof ChartPicture>;
