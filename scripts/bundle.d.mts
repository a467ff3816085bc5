/** The program, given by its path, as one file that Node runs; made anew when anything of it has changed. */
export declare const bundled: (program: string) => Promise<string>
/** Before the tests: those that start the server at once find it made. */
export declare const setup: () => Promise<void>
