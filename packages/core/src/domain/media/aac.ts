/** Samples that AAC encoders put before the sound. Only some containers mark them. */
export const AAC_PRIMING = 1024
