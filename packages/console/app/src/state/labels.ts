/** The labels in the field `labels` of a form, separated by spaces or commas. */
export const labelsIn = (form: FormData): ReadonlyArray<string> =>
  String(form.get("labels") ?? "")
    .split(/[\s,]+/)
    .filter((label) => label !== "")
