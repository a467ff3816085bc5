/** The text in a field of a form, without spaces around it. */
export const textIn = (form: FormData, name: string): string => String(form.get(name) ?? "").trim()

/** The labels in the field `labels` of a form, separated by spaces or commas. */
export const labelsIn = (form: FormData): ReadonlyArray<string> =>
  textIn(form, "labels")
    .split(/[\s,]+/)
    .filter((label) => label !== "")
