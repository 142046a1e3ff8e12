import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { workflowBundle } from '../../worker/workflow-bundle.js'

const cache = mkdtempSync(join(tmpdir(), 'meterhall-bundle-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe('the bundle of the workflows', () => {
  test('holds every workflow, is kept under the hash of its sources and read from there the next time', async () => {
    const { code } = await workflowBundle(cache)
    // compared as booleans: a failure must not print two megabytes
    for (const name of ['aggregationCycle', 'cohort', 'utilityInbox']) expect(code.includes(name)).toBe(true)
    const [file, ...others] = readdirSync(cache)
    expect(file).toMatch(/^workflow-bundle-[0-9a-f]{24}\.js$/)
    expect(others).toEqual([])
    writeFileSync(join(cache, file ?? ''), 'kept')
    expect((await workflowBundle(cache)).code === 'kept').toBe(true)
  })

  test('is made all the same when the cache cannot be written', async () => {
    const file = join(cache, 'a-file')
    writeFileSync(file, '')
    expect((await workflowBundle(join(file, 'inside'))).code.includes('aggregationCycle')).toBe(true)
  })
})
