/** The advisory lock of the floors. Released migrations contain it, so it never changes. */
export const FLOOR_LOCK = 7_225_031_995
