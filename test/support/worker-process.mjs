// The production worker process; program time comes from a file that the test writes.
import { readFileSync } from 'node:fs'
import { runWorkerProcess } from '../../dist/worker/worker-process.js'

const { WORKER_CLOCK, WORKER_BUNDLE } = process.env
await runWorkerProcess(process.env, {
  now: () => readFileSync(WORKER_CLOCK, 'utf8'),
  clock: 'stepped',
  bundle: { code: readFileSync(WORKER_BUNDLE, 'utf8') },
  tickEvery: 50,
})
