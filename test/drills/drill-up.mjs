// `meterhall up` for drills: the lists of a small village, and a process that died is noticed sooner.
import { readFileSync } from 'node:fs'
import { up } from '../../dist/cli/up.js'

const { DRILL_UP, DRILL_LISTS, DRILL_BUNDLE } = process.env
await up(JSON.parse(DRILL_UP), {
  lists: DRILL_LISTS,
  bundle: { code: readFileSync(DRILL_BUNDLE, 'utf8') },
  heartbeatEvery: 1_000,
  stickyTimeout: '1s',
})
