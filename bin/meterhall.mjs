#!/usr/bin/env node
// Starts the command from dist/; builds dist/ first when a source file is newer (a tenth of a second).
import { ensureBuilt } from '../scripts/build.mjs'

await ensureBuilt()
const { main } = await import('../dist/cli/meterhall.js')
await main(process.argv.slice(2))
