/** An object's type without the fields that may be undefined, except that they may be missing. */
type WithoutAbsent<Of> = { [Key in keyof Of as undefined extends Of[Key] ? never : Key]: Of[Key] } & {
  [Key in keyof Of as undefined extends Of[Key] ? Key : never]?: Exclude<Of[Key], undefined>;
};

/** The same fields without those that are undefined: for whom a field that is there must hold something. */
export function withoutAbsent<Of extends object>(fields: Of): WithoutAbsent<Of> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutAbsent<Of>;
}
