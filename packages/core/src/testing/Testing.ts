export { layer as layerIdentifiers } from "./identifiers.ts"
export { layer, layerConnector, type TestConnector, type TestOptions, type TestPorts } from "./layer.ts"
export { makeRunner as runner } from "./TestRunner.ts"
export { advance, settled } from "./time.ts"
