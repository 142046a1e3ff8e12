// The production worker process for drills: program time comes from a file that the driver writes, and a dead worker is noticed sooner.
import { readFileSync } from 'node:fs'
import { runWorkerProcess } from '../../dist/worker/worker-process.js'

const { DRILL_CLOCK, DRILL_BUNDLE } = process.env
await runWorkerProcess(process.env, {
  now: () => readFileSync(DRILL_CLOCK, 'utf8'),
  clock: 'stepped',
  bundle: { code: readFileSync(DRILL_BUNDLE, 'utf8') },
  heartbeatEvery: 1_000,
  stickyTimeout: '1s',
  tickEvery: 100,
})
