/** A confirmed booking that overlaps the slot. */
interface Overlapping {
  readonly id: string;
  readonly callSid: string;
  /** Empty for the only one of a diary. */
  readonly resource: string;
}

type BookingPlace = { readonly resource: string } | 'taken' | 'heldByCall';

/**
 * The first of the resources that has nothing in the slot, or why there is none. `exceptId` names a booking that is
 * about to leave its place.
 */
export function placeAmong(
  overlapping: readonly Overlapping[],
  wanted: { readonly resources: readonly string[]; readonly callSid: string },
  exceptId?: string,
): BookingPlace {
  const inTheWay = overlapping.filter(({ id }) => id !== exceptId);
  // One caller in two chairs at once is one caller too many, whatever they call themselves the second time.
  if (inTheWay.some(({ callSid }) => callSid === wanted.callSid)) return 'heldByCall';
  // A resource that the profile no longer names keeps all of them busy: rather too little is given than too much.
  const isLost = inTheWay.some(({ resource }) => !wanted.resources.includes(resource));
  const resource = wanted.resources.find((one) => inTheWay.every((booking) => booking.resource !== one));
  return isLost || resource === undefined ? 'taken' : { resource };
}

/** The resources in the order in which a moved booking tries them: where it was first, for the caller may know the person. */
export function resourcesFrom(before: string, resources: readonly string[]): readonly string[] {
  return resources.includes(before) ? [before, ...resources.filter((one) => one !== before)] : resources;
}
