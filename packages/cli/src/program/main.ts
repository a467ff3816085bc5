#!/usr/bin/env node
import { layer, settings } from "../installation/fromEnvironment.ts"
import { runMain } from "../run.ts"

runMain({ installation: layer, settings })
