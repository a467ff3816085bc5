/** Samples of silence that AAC encoders put before the audio. Only some containers mark them. */
export const AAC_PRIMING = 1024
