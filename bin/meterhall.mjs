#!/usr/bin/env node
// Starts the command from dist/; builds dist/ first when a source file is newer (a tenth of a second).
import { ensureBuilt } from '../scripts/build.mjs'

// a reader that has seen enough (head, less) is no failure: what was asked for is done to its end all the same
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })

await ensureBuilt()
const { main } = await import('../dist/cli/meterhall.js')
await main(process.argv.slice(2))
