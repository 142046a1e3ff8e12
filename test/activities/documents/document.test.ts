import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printDocument } from '../../../activities/documents/document.js'
import type { DocumentOrder } from '../../../activities/documents/document.js'
import { printUndoLetters } from '../../../activities/documents/undo-letters.js'
import type { UndoLetter } from '../../../activities/documents/undo-letters.js'
import type { AnonymousGroup } from '../../../domain/anonymous-usage.js'
import type { Bid } from '../../../domain/bid.js'
import { civilDate } from '../../../domain/civil-date.js'
import { instant } from '../../../domain/instant.js'
import { aLetter, mahomet } from './notice-fixture.js'
import { nodesOf, openRendered } from './rendered-page.js'
import type { RenderedDocument } from './rendered-page.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const createdAt = instant('2027-01-11T14:00:00Z')
const date = civilDate('2027-01-11')
const defaultRates = { on: civilDate('2027-01-01'), milliCents: { 'DS-1': 8613, 'DS-2': 8402 } }

type Details<T> = T extends unknown ? Omit<T, 'file' | 'createdAt' | 'date' | 'terms'> : never

async function printed(details: Details<DocumentOrder>): Promise<RenderedDocument & { text: string }> {
  const order = {
    ...details,
    file: join(folder, `${details.kind}.pdf`),
    createdAt,
    date,
    terms: mahomet,
  } as DocumentOrder
  const first = printDocument(order)
  expect(printDocument(order).sha256).toBe(first.sha256)
  const rendered = await openRendered(order.file)
  expect(rendered).toMatchObject({ tagged: true, language: 'en-US' })
  expect(rendered.pages).toHaveLength(first.pages)
  for (const page of rendered.pages) {
    for (const item of page.items) {
      expect(item.left, item.text).toBeGreaterThanOrEqual(20)
      expect(item.right, item.text).toBeLessThanOrEqual(page.size[0] - 20)
      expect(item.baseline, item.text).toBeGreaterThan(20)
    }
  }
  return {
    ...rendered,
    text: rendered.pages
      .map((page) => page.text)
      .join('\n')
      .replace(/\s+/g, ' '),
  }
}

function aBid(supplier: string, change: Partial<Bid> = {}): Bid {
  return {
    supplier,
    legalName: `${supplier} Energy LLC`,
    addressLines: ['1 Example Plaza', 'Springfield, IL 62701'],
    phone: '866-555-0142',
    phoneHours: '24 hours a day',
    url: 'https://supplier.example',
    energyMix: 'the state standard',
    supplierId: '1234567890001',
    rates: { 'DS-1': 7290, 'DS-2': 7105 },
    termMonths: 24,
    fees: { joining: 0, switching: 0, moving: 0, leaving: 0 },
    toAggregatorDollars: 0,
    toConsultantMilliCents: 0,
    proofs: Object.fromEntries(mahomet.award.mustHaves.map((must) => [must.id, true])),
    ...change,
  }
}

describe('Mahomet, Role of the Village B: the data request', () => {
  test('names the authority with dates and sources, the three lists and how they are kept, and can be signed', async () => {
    const { text, pages } = await printed({
      kind: 'data-request',
      deliverTo: 'the inbox lists/',
      reference: 'request-1',
    })
    for (const step of mahomet.aggregator.authority) expect(text).toContain(step.cite)
    for (const words of [
      'November 6, 2012',
      'November 20, 2012',
      'July 24, 2012',
      '20 ILCS 3855/1-92',
      '83 Ill. Adm. Code 470.100(a)',
      'List 1:',
      'List 2:',
      'List 3:',
      'without naming the supplier',
      'in confidence',
      'the inbox lists/',
      'request-1',
      'Signature',
      'Ameren Illinois',
      'proof of the ordinance and of the referendum',
    ]) {
      expect(text).toContain(words)
    }
    const structure = pages.flatMap((page) => nodesOf(page.structure))
    expect(structure.map((node) => node.role)).toEqual(
      expect.arrayContaining(['H1', 'H2', 'Table', 'TH', 'TD', 'L', 'LI', 'Figure']),
    )
  })

  test('a date that nobody checked is to be confirmed before signing', async () => {
    const { text } = await printed({ kind: 'data-request', deliverTo: null, reference: 'r' })
    expect(mahomet.aggregator.authority.filter((step) => step.verified === false)).toHaveLength(1)
    expect(text.match(/confirm before signing/g)).toHaveLength(1)
  })
})

describe('the request for proposals', () => {
  const group = (area: string, change: Partial<AnonymousGroup> = {}): AnonymousGroup => ({
    rateClass: 'DS-1',
    area,
    remaining: false,
    customers: 40,
    monthlyKwh: Array.from({ length: 12 }, (_, i) => 30_000 + i),
    annualKwh: 360_066,
    ...change,
  })
  const open = {
    kind: 'request-for-proposals',
    bidsDue: civilDate('2027-02-01'),
    opening: civilDate('2027-02-02'),
    defaultRates,
  } as const

  test('shows anonymous use, the terms with their clauses, the proofs and a form to bid on', async () => {
    const usage = {
      groups: [group('61853-1001'), group('61853', { remaining: true, customers: 1_240 })],
      heldBack: { customers: 17, publishable: true },
    }
    const { text } = await printed({ ...open, usage })
    for (const must of mahomet.award.mustHaves) expect(text).toContain(must.cite)
    for (const words of [
      '61853-1001',
      '61853, all others',
      '1,240',
      '360,066',
      '30,011',
      'Held back: 17 customers',
      'at least 15 customers',
      '15 percent',
      'strictly below',
      'At least 12 months',
      '8.613',
      'February 1, 2027',
      'sealed',
      'reject all bids',
      'Bid form',
      '19 calendar days',
    ]) {
      expect(text).toContain(words)
    }
    const duties = Object.entries(mahomet.noticeFacts).filter(([key]) => key.startsWith('duty'))
    expect(duties.length).toBeGreaterThan(4)
    for (const [key, duty] of duties) expect(text, key).toContain(duty.cite)
    // a class of few customers has no group to show and still needs a price
    expect(text.slice(text.indexOf('Bid form'))).toContain('DS-2')
  })

  test('keeps the number inside when it may not be published, and says what is not yet set', async () => {
    const usage = { groups: [], heldBack: { customers: 7, publishable: false } }
    const { text } = await printed({ ...open, usage, bidsDue: null, opening: null, defaultRates: null })
    expect(text).toContain('Held back: a small number of customers')
    expect(text).not.toMatch(/Held back: 7/)
    expect(text.match(/To be announced/g)).toHaveLength(2)
  })

  test('a long table goes on over pages with its headings repeated', async () => {
    const groups = Array.from({ length: 90 }, (_, i) => group(`61853-${1000 + i}`))
    const { pages, text } = await printed({ ...open, usage: { groups, heldBack: { customers: 0, publishable: true } } })
    for (const one of groups) expect(text).toContain(one.area)
    expect(pages.length).toBeGreaterThan(6)
    expect(pages.every((page, i) => page.text.includes(`Page ${i + 1} of ${pages.length}`))).toBe(true)
    expect(pages.filter((page) => page.text.includes('Area (ZIP code)')).length).toBeGreaterThan(1)
  })
})

describe('the evaluation of bids', () => {
  test('puts proofs before prices, shows the default price, and says why a bid may not be awarded', async () => {
    const bids = [
      aBid('Prairie Wind'),
      aBid('Big River', { rates: { 'DS-1': 8613, 'DS-2': 8402 } }),
      aBid('Blue Stem', { proofs: {}, termMonths: 6 }),
    ]
    const { text } = await printed({ kind: 'bid-evaluation', bids, openedOn: civilDate('2027-02-02'), defaultRates })
    for (const words of [
      '7.290',
      '8.613',
      'May be awarded',
      'Missing',
      'must be at least 12',
      'reject all bids',
      'Opened February 2, 2027',
    ])
      expect(text).toContain(words)
    expect(text.match(/May be awarded/g)).toHaveLength(1)
    expect(text.indexOf('Proofs')).toBeLessThan(text.indexOf('Prices'))
  })
})

describe('a document', () => {
  test('with a character that has no glyph is not made', async () => {
    await expect(printed({ kind: 'data-request', deliverTo: '山', reference: 'r' })).rejects.toThrow('glyph')
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('83 Ill. Adm. Code 470.200: the filing with the commission', () => {
  const filing = {
    kind: 'commission-filing',
    supplierLegalName: 'Prairie Wind Energy LLC',
    contractEnd: '2029-06',
    rateEnd: null,
    termMonths: 24,
    ratesMilliCents: { 'DS-1': 7290 },
    earlyTerminationDollars: 0,
    greenProduct: 'the cheapest mix',
    efficiencyProducts: 'None is named in the award',
    payments: [],
    disclosure: null,
    finalAndPublic: civilDate('2027-02-03'),
    disclosuresSent: null,
    due: civilDate('2027-02-08'),
  } as const

  test('has its six items and the day it is due', async () => {
    const { text } = await printed(filing)
    const items = [
      '1. End of the contract',
      '2. Rates',
      '3. Early-termination fees',
      '4. Green',
      '5. Efficiency',
      '6. Disclosure',
    ]
    const places = items.map((item) => text.indexOf(item))
    expect(places.every((place, i) => place > (places[i - 1] ?? -1))).toBe(true)
    for (const words of [
      'June 2029',
      '7.290',
      'None.',
      'February 8, 2027',
      'Illinois Commerce Commission',
      'Office of Retail Market Development',
      'No payment, inducement',
      'The cheapest mix. By the plan the supplier supplies at least the renewable share',
      'Costs of the program that the supplier bears by itself',
      'None is named in the award. The plan requires none',
    ]) {
      expect(text).toContain(words)
    }
  })

  test('says how long the contract runs while nobody can know the month of its end', async () => {
    const { text } = await printed({ ...filing, contractEnd: null })
    expect(text).toContain('run 24 months from the first meter read after enrollment')
    expect(text).not.toContain('June 2029')
  })

  test('names another end of the rate, every payment, and a clock that does not run', async () => {
    const payments = [{ to: 'Consultant', what: 'Fee inside the price', amount: '0.050¢ per kWh' }]
    const { text } = await printed({
      ...filing,
      rateEnd: '2028-06',
      payments,
      finalAndPublic: null,
      due: null,
      disclosure: 'the notice of the first drop',
    })
    for (const words of [
      'the rate ends in June 2028',
      '0.050¢ per kWh',
      'Clock not yet running',
      'Attached: the notice of the first drop',
    ])
      expect(text).toContain(words)
  })
})

describe('83 Ill. Adm. Code 470.210(b): the envelope', () => {
  test('carries name, seal, return address and legend, and leaves the window and the postal service its places', async () => {
    const { text, pages } = await printed({ kind: 'notice-envelope', endorsement: 'Return Service Requested' })
    for (const words of [
      'Village of Mahomet',
      '503 E. Main Street',
      'Important Electricity Aggregation Information Enclosed',
      'Return Service Requested',
    ])
      expect(text).toContain(words)
    const [page] = pages
    expect(page?.size).toEqual([684, 297])
    expect(nodesOf(page?.structure ?? null).find((node) => node.role === 'Figure')?.alt).toBe(
      'Seal of the Village of Mahomet',
    )
    for (const item of page?.items ?? []) {
      const inWindow = item.right > 63 && item.left < 387 && 297 - item.baseline > 175 && 297 - item.baseline < 266
      const inBarcodeZone = item.baseline < 45 && item.right > 684 - 342
      expect(inWindow || inBarcodeZone, item.text).toBe(false)
    }
  })
})

describe('the letter that undoes an enrollment', () => {
  const letter = (number: number, change: Partial<UndoLetter> = {}): UndoLetter => {
    const { content: _, ...rest } = aLetter(number)
    return {
      ...rest,
      stage: 'withdrawn',
      receivedOn: civilDate('2027-03-30'),
      deadline: civilDate('2027-03-16'),
      returnsOn: null,
      ...change,
    }
  }
  const job = (letters: readonly UndoLetter[]) => ({
    file: join(folder, 'undo.pdf'),
    batchId: 'undo-1',
    drop: 'undo',
    plannedDate: civilDate('2027-03-31'),
    printedDeadline: null,
    createdAt,
    terms: mahomet,
    supplier: { marketingName: 'Prairie Wind', phone: '866-555-0142' },
    postal: null,
    letters,
  })

  test('says by stage what happens next, that it costs nothing, and shows only the end of the account number', async () => {
    const letters = [
      letter(1),
      letter(2, { stage: 'pulled' }),
      letter(3, { stage: 'next-read', returnsOn: civilDate('2027-05-04') }),
      letter(4, { stage: 'too-near', returnsOn: civilDate('2027-06-03') }),
    ]
    const result = printUndoLetters(job(letters))
    expect(result).toMatchObject({ letters: 4, pages: 4, review: [] })
    expect(printUndoLetters(job(letters)).sha256).toBe(result.sha256)
    const { pages } = await openRendered(result.file)
    const texts = pages.map((page) => page.text.replace(/\s+/g, ' '))
    expect(texts[0]).toContain('take the enrollment back')
    expect(texts[1]).toContain('not yet been sent')
    expect(texts[2]).toContain('May 4, 2027')
    expect(texts[3]).toContain('too near to be stopped')
    expect(texts[3]).toContain('June 3, 2027')
    texts.forEach((text, i) => {
      expect(text).toContain('You pay no fee')
      expect(text).toContain('March 30, 2027')
      // a reply of any channel: only a card is mailed
      expect(text).toContain('in time for the deadline of March 16, 2027 (a card counts by its postmark)')
      // service that began is paid for at the program price
      expect(text).not.toContain('Nothing')
      expect(text).not.toContain('mailed')
      expect(text).not.toContain(letters[i]?.accountNumber)
      expect(text).toContain(letters[i]?.accountNumber.slice(-4))
    })
  })

  test('whose name does not fit goes to review like any other', () => {
    expect(printUndoLetters(job([letter(1, { name: 'x'.repeat(90) }), letter(2)]))).toMatchObject({
      letters: 1,
      review: [{ index: 0, reason: 'name-too-long' }],
    })
  })
})
