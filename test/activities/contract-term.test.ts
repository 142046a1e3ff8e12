import { expect, test } from 'vitest'
import { contractEnd, firstRead } from '../../activities/contract-term.js'
import type { ActivityContext } from '../../activities/context.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { addReturn, planReMail } from '../../persistence/ledger/re-mails.js'
import { granted, villageAt } from '../persistence/ledger/phases.js'
import { central, day, home, verb, type Village } from '../persistence/ledger/village.js'
import { accountOf } from '../persistence/ledger/where-they-stand.js'
import { describeOnEachStore } from '../support/each-store.js'

describeOnEachStore('ruling R-018: the term of the award ends for all in one month', (store) => {
  const contextOf = (village: Village) => ({ database: village.database }) as ActivityContext

  test('nobody knows the month before the first mailing is planned', async () => {
    const village = await villageAt(store.database(), 'awarded')
    expect(await firstRead(contextOf(village), village.programId, INITIAL_COHORT, village.terms)).toBeNull()
    expect(await contractEnd(contextOf(village), village.programId, village.terms, 24)).toBeNull()
  })

  test('it is counted from the first read of the first mailing, also for a household that joins by a later one', async () => {
    const village = await villageAt(store.database(), 'noticed')
    const { account_id: id } = await accountOf(village, home(1))
    const piece = await village.database.kysely
      .selectFrom('piece')
      .select('letter_code')
      .where('account_id', '=', id)
      .executeTakeFirstOrThrow()
    const at = central('2027-03-05')
    granted(
      await village.database.tx((trx) =>
        addReturn(trx, verb(village, at), piece.letter_code, day('2027-03-05'), village.terms),
      ),
    )
    const { cohort } = granted(
      await village.database.tx((trx) => planReMail(trx, verb(village, at), [id], day('2027-03-05'), village.terms)),
    )
    expect(cohort).not.toBe(INITIAL_COHORT)
    const context = contextOf(village)
    expect(await firstRead(context, village.programId, INITIAL_COHORT, village.terms)).toBe('2027-04-02')
    expect(await firstRead(context, village.programId, cohort, village.terms)).toBe('2027-04-27')
    expect(await contractEnd(context, village.programId, village.terms, 24)).toBe('2029-04')
  })
})
