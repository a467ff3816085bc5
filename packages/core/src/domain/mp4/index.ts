export { type Box, MAX_HEADER, MalformedMp4, parseBox, typeAt, viewOf } from "./Box.ts"
export { codingOf, isSameCoding } from "./Coding.ts"
export {
  type Anchor,
  type EditFold,
  editFold,
  isChanging,
  isPlaced,
  originOf,
  type Place,
  placedFold
} from "./EditFold.ts"
export { readFragment } from "./Fragment.ts"
export { FIRST_BYTES, inlined } from "./inline.ts"
export { type Edit, type Movie, readMovie } from "./Movie.ts"
export { noPackets, type Packets, type TrackPackets, trackPackets, withData, withFragment } from "./Packets.ts"
export { parameterSetsOf } from "./ParameterSets.ts"
export { isExact, patchTimescale, type Rescale, rescaled, sharedUnits, timescaleOf } from "./rescale.ts"
export { applied, free, type Patch, patchFragment, patchIndex, patchMovie, patchSequence } from "./rewrite.ts"
export type { Sample } from "./SampleTable.ts"
export { add, breakOf, empty, lengthsOf, type Timeline } from "./Timeline.ts"
export { countInTrack, readSamples, type TrackSamples, type Wanted } from "./TrackSamples.ts"
