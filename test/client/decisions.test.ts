import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { beforeAll, describe, expect, test } from 'vitest'
import { planDrops, proveNotice } from '../../client/decisions.js'
import type { Desk } from '../../client/desk.js'
import { cohortId, INITIAL_COHORT } from '../../domain/run-ids.js'
import { accepted } from '../../domain/refusal.js'
import { DAYS, startVillage, villageAt } from '../persistence/ledger/phases.js'
import type { Village } from '../persistence/ledger/village.js'
import { describeOnEachStore } from '../support/each-store.js'

const VALUE = { drops: 1, pieces: 3 }

/** A workflow server that knows the run from the given word on; after `patience` words the time of the caller is up. */
function deskOf(village: Village, knowsFrom: number, patience = Number.POSITIVE_INFINITY) {
  const words: { readonly workflowId: string; readonly updateId: string }[] = []
  const getHandle = (workflowId: string) => ({
    async startUpdate(_update: unknown, { updateId }: { updateId: string }) {
      words.push({ workflowId, updateId })
      if (words.length > patience) throw new Error('the deadline is over')
      if (words.length < knowsFrom) throw new WorkflowNotFoundError('not found', workflowId, undefined)
      return { result: async () => accepted(VALUE) }
    },
  })
  const connection = { withDeadline: (_until: number, speak: () => Promise<unknown>) => speak() }
  const temporal = { connection, workflow: { getHandle } } as unknown as Client
  const desk: Desk = { database: village.database, temporal, now: () => DAYS.approval, clock: 'stepped' }
  return { desk, words }
}

describeOnEachStore('decisions about a cohort', (store) => {
  let village: Village
  beforeAll(async () => {
    village = await villageAt(store.database(), 'awarded')
  })
  const asking = (verbId: string) => ({ programId: village.programId, actor: 'clerk', verbId })
  const workflowId = () => cohortId(village.programId, INITIAL_COHORT)

  describe('just after the award', () => {
    test('a decision waits until its run has begun, and is taken once under its own id', async () => {
      const { desk, words } = deskOf(village, 3)
      expect(await planDrops(desk, asking('drops-early'), [])).toEqual(accepted(VALUE))
      expect(words).toEqual(Array.from({ length: 3 }, () => ({ workflowId: workflowId(), updateId: 'drops-early' })))
    })

    test('it waits no longer than a decision may wait', async () => {
      const { desk, words } = deskOf(village, Number.POSITIVE_INFINITY, 2)
      await expect(proveNotice(desk, asking('proof-early'))).rejects.toThrow('the deadline is over')
      expect(words).toHaveLength(3)
    })
  })

  test('before the award nothing is waited for', async () => {
    const early = await startVillage(store.database())
    const { desk, words } = deskOf(early, 1)
    const answer = await planDrops(desk, { programId: early.programId, actor: 'clerk', verbId: 'drops-too-early' }, [])
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'NO_AWARD' } })
    expect(words).toEqual([])
  })

  test.each([{ turn: 1 }, { ended: true }])('of a run with %j it is told at once that there is none', async (row) => {
    await store
      .database()
      .kysely.updateTable('run')
      .set({ turn: 0, ended: false, ...row })
      .where('workflow_id', '=', workflowId())
      .execute()
    const { desk, words } = deskOf(village, Number.POSITIVE_INFINITY)
    await expect(proveNotice(desk, asking(`proof-late-${JSON.stringify(row)}`))).rejects.toThrow(WorkflowNotFoundError)
    expect(words).toHaveLength(1)
  })
})
