/** Form fields as they came; a name that came more than once holds all its values. */
export type FormFields = Readonly<Record<string, string | string[]>>;
