import { describe, expect, test } from 'vitest'
import { checkNoticeText, NOTICE_ITEMS } from '../../domain/notice-checklist.js'
import { noticeContent } from '../../domain/notice-content.js'
import { NOTICE_FACT_KEYS, uncheckedInNotice } from '../../domain/notice-facts.js'
import type { NoticeFacts } from '../../domain/notice-facts.js'
import type { NoticeContent } from '../../domain/notice-content.js'
import { civilDate } from '../../domain/civil-date.js'
import type { Channel } from '../../domain/receipt.js'
import type { PlanTerms } from '../../domain/plan.js'
import { aContent, mahomet, someFacts } from '../activities/documents/notice-fixture.js'

/** Every word of the letter, in one text. */
function wordsOf(content: NoticeContent): string {
  const strings: string[] = []
  const collect = (value: unknown, key: string): void => {
    if (key === 'checklist' || key === 'markers') return
    if (typeof value === 'string') strings.push(value.replaceAll('**', ''))
    else if (value !== null && typeof value === 'object')
      for (const [inner, one] of Object.entries(value)) collect(one, inner)
  }
  collect(content, '')
  return `${strings.join('\n')}\nAccount holder Account number Service address Signature Date Phone Letter code`
}

function refusalOf(facts: NoticeFacts, terms: PlanTerms = mahomet) {
  const made = noticeContent(terms, facts, ['DS-1'])
  if (made.ok) throw new Error('the letter was written')
  return made.refusal
}

describe('Mahomet, Implementation Procedures E.2 and 83 Ill. Adm. Code 470.210(b): content of the notice', () => {
  test('every item has a label, a clause and words of its own on the letter', () => {
    const content = aContent(['DS-1', 'DS-2'])
    expect(content.checklist.map((entry) => entry.id)).toEqual([...NOTICE_ITEMS])
    for (const entry of content.checklist) {
      expect(entry.label.length, entry.id).toBeGreaterThan(5)
      expect(entry.clause.length, entry.id).toBeGreaterThan(5)
      expect(entry.markers.length, entry.id).toBeGreaterThan(0)
    }
    expect(checkNoticeText(wordsOf(content), content)).toEqual([])
  })

  test.each(NOTICE_ITEMS)('an item "%s" whose words are not on the page is found missing', (id) => {
    const content = aContent()
    const marker = content.checklist.find((entry) => entry.id === id)?.markers[0] as string
    const torn = wordsOf(content).replaceAll(marker, '')
    expect(checkNoticeText(torn, content).map((entry) => entry.id)).toContain(id)
  })

  test('line breaks, curved apostrophes and ligatures do not hide an item', () => {
    const content = aContent()
    const set = wordsOf(content).replaceAll("'", '’').replaceAll('fi', 'ﬁ').replaceAll(' ', '\n')
    expect(checkNoticeText(set, content)).toEqual([])
  })

  test('each class of the account has its price and its dated default price', () => {
    expect(aContent(['DS-1', 'DS-2']).price.rows).toEqual([
      ['Home (DS-1)', '7.290¢', '8.613¢'],
      ['Small business (DS-2)', '7.105¢', '8.402¢'],
    ])
    expect(aContent().price.columns[2]).toBe('Ameren Illinois default price per kWh, January 1, 2027')
  })

  test('the choice of another supplier stands without a price beside it', () => {
    const section = aContent().back.find((one) => one.markers.choice !== undefined)
    expect(section?.paragraphs.join(' ')).not.toMatch(/¢|\d\.\d{3}/)
  })

  test('a card is timed by its postmark and every other way by receipt', () => {
    const rules = aContent().replies.methods.map((method) => `${method.how}: ${method.rule}`)
    expect(rules).toEqual([
      'By mail: Postmarked by March 16, 2027',
      'By phone: Received by March 16, 2027',
      'Online: Received by March 16, 2027',
      'By e-mail: Received by March 16, 2027',
      'By fax: Received by March 16, 2027',
      'In person: Received by March 16, 2027',
    ])
  })

  test('no amount of money but the prices stands on the letter: the fee of 2012 never does', () => {
    expect(wordsOf(aContent())).not.toMatch(/\$/)
    expect(mahomet.fees.history.map((fee) => fee.value)).toEqual([25])
  })

  test('payments to the village and to a consultant are disclosed', () => {
    const fees = { ...someFacts().fees, toAggregatorDollars: 12_500, toConsultantMilliCents: 50 }
    const text = wordsOf(aContent(['DS-1'], { fees }))
    expect(text).toContain(
      'It pays the Village $12,500, and 0.050¢ per kWh of the price goes to the consultant Good Energy, L.P.',
    )
  })

  test('Power Supply Agreement B, K.1 and M (ruling R-019): that the price may end early, and what then happens, is disclosed', () => {
    const content = aContent()
    const text = wordsOf(content)
    for (const words of [
      'If the default price falls below the program price',
      'the supplier may lower its price or end the agreement',
      "go back to the utility's supply, free of charge",
      'the Village writes to you',
    ])
      expect(text).toContain(words)
    expect(content.glance.map((row) => row.label)).not.toContain('Price fixed')
    const price = content.checklist.find((entry) => entry.id === 'price')
    expect(price?.markers).toContain(mahomet.noticeFacts['earlyEnd']?.value)
  })

  test('Role of the Village H: nobody reads that the village buys or sells electricity', () => {
    expect(wordsOf(aContent())).toContain('lets the Village arrange the electricity supply')
    expect(wordsOf(aContent())).not.toMatch(/Village (buy|sell|suppl)/)
  })

  test('E.3: silence is no reply at all, not a card that is still in the mail', () => {
    const { after, methods } = aContent().replies
    expect(after).toMatch(/^If you do not opt out in one of these ways, your account joins/)
    expect(methods[0]?.where).toContain('in a stamped envelope')
  })

  test('Power Supply Agreement K: no fee is promised, and nothing is called free of cost that is not', () => {
    const text = wordsOf(aContent())
    expect(text).toContain('There is no fee for either.')
    expect(text).not.toMatch(/costs you nothing|charged nothing/)
  })

  test('nobody is promised a first month: members join over several reads, and the price ends for all with one', () => {
    const text = wordsOf(aContent())
    expect(text).toContain('with which you join (June 2027 or later) to your June 2029 meter read')
    expect(text).toContain('one of your next meter reads, within about 30 to 45 days')
  })

  test('a rescission is promised where it is taken: at the utility', () => {
    expect(wordsOf(aContent())).toContain('you may cancel it with Ameren Illinois, free of charge.')
  })

  test('the adoption of the plan is dated by the plan, an ordinance of another day or not', () => {
    const authority = mahomet.aggregator.authority.map((step) =>
      step.kind === 'ordinance' ? { ...step, on: civilDate('2012-10-02') } : step,
    )
    const dated = (kept: typeof authority) => {
      const made = noticeContent({ ...mahomet, aggregator: { ...mahomet.aggregator, authority: kept } }, someFacts(), [
        'DS-1',
      ])
      return made.ok ? wordsOf(made.value) : ''
    }
    expect(dated(authority)).toContain('adopted the plan for this program on November 27, 2012')
    expect(dated(authority.filter((step) => step.kind !== 'plan'))).toContain('on October 2, 2012')
  })

  test('a re-mailed letter prints its own date and deadline', () => {
    const content = aContent(['DS-1'], {
      plannedMailingDate: civilDate('2027-03-03'),
      printedDeadline: civilDate('2027-03-22'),
    })
    expect(content.letterDate).toBe('March 3, 2027')
    expect(wordsOf(content)).toContain('March 22, 2027')
    expect(wordsOf(content)).not.toContain('March 16, 2027')
  })
})

describe('an unknown value stops the proof', () => {
  const supplier = someFacts().supplier
  const optOut = someFacts().optOut
  test.each<[string, Partial<NoticeFacts>, string]>([
    ['a null', { supplier: { ...supplier, phone: null } }, "the supplier's phone"],
    ['a blank', { supplier: { ...supplier, energyMix: '  ' } }, "the supplier's energyMix"],
    ['an empty list', { supplier: { ...supplier, addressLines: [] } }, "the supplier's addressLines"],
    ['a blank line in a list', { optOut: { ...optOut, mailTo: ['P.O. Box 1', ''] } }, 'the address for cards'],
    ['a missing price', { ratesMilliCents: {} }, 'the price of DS-1'],
    [
      'a missing default price',
      { defaultRates: { on: null, milliCents: {} } },
      'the default price of DS-1, the day of the default prices',
    ],
    [
      'a fee nobody stated',
      { fees: { ...someFacts().fees, toAggregatorDollars: null } },
      'the fee "toAggregatorDollars"',
    ],
    ['a missing date', { printedDeadline: null }, 'the deadline'],
    ['a missing month', { termEnd: null }, 'the end of the term'],
  ])('%s is named', (_, change, what) => {
    const refusal = refusalOf(someFacts(change))
    expect(refusal.code).toBe('NOTICE_INCOMPLETE')
    expect(refusal.message).toContain(what)
  })

  test.each(NOTICE_FACT_KEYS)('the plan fact %s is needed', (key) => {
    const { [key]: _, ...rest } = mahomet.noticeFacts
    expect(refusalOf(someFacts(), { ...mahomet, noticeFacts: rest }).message).toContain(`"${key}"`)
  })

  test('a way to reply is needed only when the plan names its channel', () => {
    const facts = someFacts({ optOut: { ...optOut, fax: null, email: null } })
    expect(refusalOf(facts).message).toContain('the opt-out e-mail address, the opt-out fax number')
    const channels = { ...mahomet.channels, value: ['card', 'phone', 'web'] as readonly Channel[] }
    expect(noticeContent({ ...mahomet, channels }, facts, ['DS-1']).ok).toBe(true)
  })

  test('an authority without a referendum is refused', () => {
    const authority = mahomet.aggregator.authority.filter((step) => step.kind !== 'referendum')
    expect(refusalOf(someFacts(), { ...mahomet, aggregator: { ...mahomet.aggregator, authority } }).message).toContain(
      'the referendum',
    )
  })
})

describe('who approves the letter is told what nobody has checked', () => {
  test('sentences, values and the signatory that the plan files mark as unverified', () => {
    expect(uncheckedInNotice(mahomet)).toEqual([
      'signatory',
      'rescissionRoll',
      'earlyTerminationFee',
      'pippConsequence',
      'billPrograms',
      'hearingImpaired',
    ])
  })

  test('nothing when a plan vouches for all of it', () => {
    const checked = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value).replaceAll('"verified":false', '"verified":true'))
    expect(uncheckedInNotice(checked(mahomet))).toEqual([])
  })
})

describe('what a notice may not say', () => {
  test.each(['joining', 'switching', 'moving', 'leaving'] as const)('a fee for %s is refused', (kind) => {
    const refusal = refusalOf(someFacts({ fees: { ...someFacts().fees, [kind]: 25 } }))
    expect(refusal).toMatchObject({ code: 'NOTICE_FEE', clause: mahomet.fees.earlyTermination.cite })
  })

  test.each([0, -1, 7290.5, Number.NaN])('a price of %d is refused', (price) => {
    expect(refusalOf(someFacts({ ratesMilliCents: { 'DS-1': price } })).code).toBe('NOTICE_PRICE')
  })

  test.each([
    ['2027-03-15', false],
    ['2027-03-16', true],
    ['2027-03-17', true],
  ])('mailed on 2027-02-25 with a window of 19 days, a printed deadline of %s is allowed: %s', (deadline, allowed) => {
    const made = noticeContent(mahomet, someFacts({ printedDeadline: civilDate(deadline) }), ['DS-1'])
    expect(made.ok).toBe(allowed)
    if (!made.ok) expect(made.refusal).toMatchObject({ code: 'NOTICE_DATES', clause: mahomet.window.initial.cite })
  })

  test.each([
    ['2027-05', false],
    ['2027-06', false],
    ['2027-07', true],
  ])('a term from 2027-06 to %s is allowed: %s', (termEnd, allowed) => {
    expect(noticeContent(mahomet, someFacts({ termEnd }), ['DS-1']).ok).toBe(allowed)
  })
})
