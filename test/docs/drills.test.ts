import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FAULT_POINTS } from '../../activities/fault-point.js'
import { projectRoot } from '../../persistence/project-root.js'

test('docs/drills.md says of every fault point, and of no other, what has to hold after it', () => {
  const page = readFileSync(join(projectRoot, 'docs', 'drills.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z]+\.[a-z-]+)` \| (.+) \| (.+) \|$/gm)]
  expect(rows.map(([, point]) => point).sort()).toEqual([...FAULT_POINTS].sort())
})
