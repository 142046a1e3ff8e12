import { describe, expect, test } from 'vitest'
import { createProgram, defaultRatesOn, readProgram, readReadDates } from '../../../persistence/ledger/programs.js'
import { once, type Verb } from '../../../persistence/ledger/verbs.js'
import { accepted, refused } from '../../../domain/refusal.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { aProgram, DAYS, startVillage } from './phases.js'
import { day, newProgramId, verb } from './village.js'
import { eventsOf } from './where-they-stand.js'

describeOnEachStore('programs and the verbs of people', (store) => {
  describe('architecture §2: a program runs under what was adopted when it started', () => {
    test('plan, reads and default rates are recorded', async () => {
      const village = await startVillage(store.database())
      const program = await readProgram(store.database().kysely, {}, village.programId)
      expect(program).toMatchObject({
        terms: village.terms,
        rehearsal: true,
        clock: 'stepped',
        offsetMs: 0,
        startedAt: DAYS.start,
      })
      expect((await readReadDates(store.database().kysely, village.programId)).get('20')).toEqual([
        '2027-03-26',
        '2027-04-27',
      ])
    })

    test('a read date that is given twice is one', async () => {
      const programId = newProgramId()
      const readDates = { '1': [day('2027-04-02'), day('2027-03-04'), day('2027-04-02')] }
      await store
        .database()
        .tx((trx) => createProgram(trx, verb({ programId }, DAYS.start), { ...aProgram(), readDates }))
      expect((await readReadDates(store.database().kysely, programId)).get('1')).toEqual(['2027-03-04', '2027-04-02'])
    })

    test('a default rate holds from its day on', async () => {
      const { programId } = await startVillage(store.database())
      const { kysely } = store.database()
      await kysely
        .insertInto('default_rate')
        .values({
          program_id: programId,
          since: day('2027-06-01'),
          rate_class: 'DS-1',
          milli_cents: 9000,
          source: 'made up',
        })
        .execute()
      expect(await defaultRatesOn(kysely, programId, day('2026-12-31'))).toEqual({ on: null, rates: {} })
      expect((await defaultRatesOn(kysely, programId, day('2027-05-31'))).rates).toEqual({
        'DS-1': 8613,
        'DS-2': 8402,
        'DS-5': 7000,
      })
      expect(await defaultRatesOn(kysely, programId, day('2027-06-01'))).toEqual({
        on: '2027-06-01',
        rates: { 'DS-1': 9000, 'DS-2': 8402, 'DS-5': 7000 },
      })
    })

    test('a name that is taken is refused', async () => {
      const { programId } = await startVillage(store.database())
      expect(
        await store.database().tx((trx) => createProgram(trx, verb({ programId }, DAYS.start), aProgram())),
      ).toMatchObject({ ok: false, refusal: { code: 'PROGRAM_EXISTS' } })
    })

    test('of two who start one program at once, one does', async () => {
      const programId = newProgramId()
      const start = () => store.database().tx((trx) => createProgram(trx, verb({ programId }, DAYS.start), aProgram()))
      const answers = await Promise.all([start(), start(), start()])
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
      expect(answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]))).toEqual([
        'PROGRAM_EXISTS',
        'PROGRAM_EXISTS',
      ])
      expect(
        await eventsOf(
          { database: store.database(), programId, terms: aProgram().terms, accounts: [] },
          'program-started',
        ),
      ).toHaveLength(1)
    })
  })

  describe('architecture §3: every verb carries an id of its own', () => {
    let effects = 0
    const carryOut = async () => {
      effects += 1
      return accepted({ effect: effects })
    }
    const ask = (asked: Verb, name = 'try') => store.database().tx((trx) => once(trx, asked, name, carryOut))

    test('repeated, it gets the first answer and has no second effect', async () => {
      const asked = verb({ programId: newProgramId() }, DAYS.start)
      const first = await ask(asked)
      const before = effects
      expect(await ask(asked)).toEqual(first)
      expect(effects).toBe(before)
    })

    test('sent many times at the same instant, everybody gets the same answer', async () => {
      const asked = verb({ programId: newProgramId() }, DAYS.start)
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(asked)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      const kept = await store
        .database()
        .kysely.selectFrom('verb')
        .select('result')
        .where('verb_id', '=', asked.verbId)
        .execute()
      expect(kept).toHaveLength(1)
    })

    test('the id of another verb, or of another program, is refused', async () => {
      const asked = verb({ programId: newProgramId() }, DAYS.start)
      await ask(asked)
      for (const other of [ask(asked, 'another'), ask({ ...asked, programId: newProgramId() })]) {
        expect(await other).toMatchObject({ ok: false, refusal: { code: 'VERB_ID_TAKEN' } })
      }
    })

    test('a refusal is not kept, so that the same id may be tried again', async () => {
      const asked = verb({ programId: newProgramId() }, DAYS.start)
      const refusal = await store
        .database()
        .tx((trx) => once(trx, asked, 'try', async () => refused('NOT_YET', 'Too early; try again.')))
      expect(refusal.ok).toBe(false)
      expect((await ask(asked)).ok).toBe(true)
    })

    test('when its transaction fails, nothing of it remains', async () => {
      const asked = verb({ programId: newProgramId() }, DAYS.start)
      const dying = store.database().tx(async (trx) => {
        await once(trx, asked, 'try', carryOut)
        throw new Error('killed')
      })
      await expect(dying).rejects.toThrow('killed')
      const before = effects
      await ask(asked)
      expect(effects).toBe(before + 1)
    })
  })
})
