export declare const extracted: string
export declare const libraries: ReadonlyArray<string>
export declare const environment: Readonly<Record<string, string | undefined>>
export declare const canFetchServices: () => boolean
export declare const fetchServices: () => void
