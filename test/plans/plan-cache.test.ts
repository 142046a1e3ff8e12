import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { recallPlan } from '../../persistence/plan-cache.js'
import { readPlan } from '../../persistence/plan-files.js'

let folder: string
let kept: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-cache-'))
  kept = join(folder, 'plans', 'mahomet.json')
  vi.stubEnv('METERHALL_CACHE', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe('the plan kept beside the hash of its sources', () => {
  test('equals the plan read from the files, the first time and every later one', async () => {
    expect(await recallPlan('mahomet')).toEqual(readPlan('mahomet'))
    expect(await recallPlan('mahomet')).toEqual(readPlan('mahomet'))
    expect(readdirSync(join(folder, 'plans'))).toEqual(['mahomet.json'])
  })

  test('is what the second reading gives', async () => {
    await recallPlan('mahomet')
    const copy = JSON.parse(readFileSync(kept, 'utf8')) as { plan: { title: string } }
    copy.plan.title = 'from the copy'
    writeFileSync(kept, JSON.stringify(copy))
    expect((await recallPlan('mahomet')).title).toBe('from the copy')
  })

  test.each([
    ['made from other sources', '{"fingerprint":"0","plan":{"title":"stale"}}'],
    ['cut short', '{"fingerprint":'],
    ['null', 'null'],
    ['empty', ''],
  ])('a copy that is %s is read anew and replaced', async (_name, text) => {
    mkdirSync(join(folder, 'plans'))
    writeFileSync(kept, text)
    expect(await recallPlan('mahomet')).toEqual(readPlan('mahomet'))
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toHaveProperty('plan.id', 'mahomet')
  })

  test('a cache that cannot be written is done without', async () => {
    writeFileSync(join(folder, 'file'), '')
    chmodSync(join(folder, 'file'), 0o444)
    vi.stubEnv('METERHALL_CACHE', join(folder, 'file'))
    expect(await recallPlan('mahomet')).toEqual(readPlan('mahomet'))
  })

  test('an unknown plan is refused as by the reader and leaves nothing behind', async () => {
    await expect(recallPlan('springfield')).rejects.toThrow(/^There is no plan "springfield"/)
    expect(readdirSync(folder)).toEqual([])
  })
})
