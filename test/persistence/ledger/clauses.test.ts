import { beforeAll, expect, test } from 'vitest'
import { addReturn } from '../../../persistence/ledger/re-mails.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { freeze, granted, villageAt } from './phases.js'
import { central, day, home, verb, type Village } from './village.js'
import { accountOf, eventsOf } from './where-they-stand.js'

describeOnEachStore('each step is recorded with the clause that orders it', (store) => {
  let village: Village
  beforeAll(async () => {
    village = await villageAt(store.database(), 'noticed')
    const { account_id: id } = await accountOf(village, home(1))
    const piece = await village.database.kysely
      .selectFrom('piece')
      .select('letter_code')
      .where('account_id', '=', id)
      .executeTakeFirstOrThrow()
    const at = central('2027-03-05')
    const returned = await village.database.tx((trx) =>
      addReturn(trx, verb(village, at), piece.letter_code, day('2027-03-05'), village.terms),
    )
    granted(returned)
    await freeze(village)
  })

  test.each([
    ['list-reviewed', 'Role of the Village D'],
    ['bid-received', 'Role of the Village F'],
    ['notice-approved', 'Role of the Village G'],
    ['evidence-recorded', 'Implementation Procedures E.3'],
    ['notice-returned', 'Implementation Procedures E.5'],
    ['left-not-noticed', 'Implementation Procedures E.5'],
    ['roster-frozen', 'Implementation Procedures E.4'],
  ])('%s by %s', async (kind, clause) => {
    const [event] = await eventsOf(village, kind)
    expect(event?.clause).toContain(`Mahomet plan, ${clause}`)
  })
})
