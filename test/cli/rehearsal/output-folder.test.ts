import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openOutput } from '../../../cli/rehearsal/output-folder.js'

describe('the folder of a rehearsal names accounts and people', () => {
  let place: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'meterhall-'))
  })
  afterEach(() => rmSync(place, { recursive: true, force: true }))
  const othersMay = (folder: string): number => statSync(folder).mode & 0o077

  test('it is its owner’s alone from the beginning, and under its final name', async () => {
    const output = await openOutput(join(place, 'out'))
    expect(othersMay(output.folder)).toBe(0)
    await output.putInPlace()
    expect(othersMay(join(place, 'out'))).toBe(0)
  })

  test('one that is not put in place leaves nothing, not even the folders made above it', async () => {
    const output = await openOutput(join(place, 'year', 'out'))
    await output.discard()
    expect(readdirSync(place)).toEqual([])
  })
})
