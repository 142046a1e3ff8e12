import { expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { undoFactsOf } from '../../../persistence/ledger/undo-letters.js'
import { planUndos } from '../../../persistence/ledger/undos.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { requestsOf, villageAt } from './phases.js'
import { timelyCard } from './replies.js'
import { central, home, occasion } from './village.js'
import { accountOf, eventsOf } from './where-they-stand.js'

describeOnEachStore(
  'ruling R-006: a timely card after submission is undone for the stage reached, and its letter says so',
  (store) => {
    /** Of a home enrolled for 2 April, whose cut-off is 26 March at 17:45. */
    async function undoneAt(day: string, time: string) {
      const village = await villageAt(store.database(), 'accepted')
      const at = central(day, time)
      await timelyCard(village, home(1), at)
      await planUndos(village.database, occasion(village, at), INITIAL_COHORT, village.terms)
      const { account_id: id } = await accountOf(village, home(1))
      const [, drop] = await requestsOf(village, home(1))
      const [undone] = await eventsOf(village, 'undone')
      const facts = await undoFactsOf(village.database.kysely, village.terms, [id])
      return { drop, event: undone?.data, letter: facts.get(id) }
    }

    test('at the cut-off of its read the enrollment is kept from beginning', async () => {
      const { drop, event, letter } = await undoneAt('2027-03-26', '17:45')
      expect(drop).toMatchObject({ kind: 'drop', read_on: '2027-04-02' })
      expect(event).toEqual({ stage: 'drop request before service begins' })
      expect(letter).toMatchObject({ stage: 'withdrawn', returnsOn: null })
    })

    test('a second later service begins, and ends with the next read that can be met', async () => {
      const { drop, event, letter } = await undoneAt('2027-03-26', '17:45:01')
      expect(drop).toMatchObject({ kind: 'drop', read_on: '2027-05-04' })
      expect(event).toEqual({ stage: 'drop at the next read' })
      expect(letter).toMatchObject({ stage: 'too-near', returnsOn: '2027-05-04' })
    })
  },
)
