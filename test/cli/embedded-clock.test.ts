import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clockVerb, rehearsalClock } from '../../cli/embedded/clock.js'
import type { EmbeddedParties } from '../../cli/embedded/parties.js'
import type { Desk } from '../../client/desk.js'
import { type Instant, instant } from '../../domain/instant.js'
import { accepted } from '../../domain/refusal.js'
import { type Database, openDatabase } from '../../persistence/database.js'

const HERE = instant('2027-02-17T10:00:00-06:00')
const ANSWER_DUE = instant('2027-02-18T10:00:00-06:00')
const TARGET = instant('2027-02-20T10:00:00-06:00')

describe('the clock of the embedded stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-clock-'))
  let database: Database
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await database.migrate()
  })
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('what lies at a party since this moment is taken at it, before the time moves on', async () => {
    const clock = rehearsalClock(folder, HERE, null)
    const taken: Instant[] = []
    // an answer that the party owes already, as it was left by a process that is gone
    const nextAt = () => (clock.now() < ANSWER_DUE ? ANSWER_DUE : null)
    const parties = { utility: { nextAt }, mailHouse: { nextAt: () => null } } as unknown as EmbeddedParties
    const desk = { database, temporal: {} as Client, now: clock.now, clock: 'stepped' } as Desk
    const verb = clockVerb(clock, desk, parties, folder, async () => {
      taken.push(clock.now())
    })
    const asking = { programId: '', actor: 'operator', verbId: 'clock-1' }
    expect(await verb.run(desk, asking, { to: TARGET })).toEqual(accepted({ now: TARGET, reached: true }))
    expect(taken).toEqual([HERE, ANSWER_DUE, TARGET])
  })
})
