export declare const programPath: (
  program: string,
  env?: Readonly<Record<string, string | undefined>>
) => string | undefined
export declare const chromiumPath: () => string | undefined
