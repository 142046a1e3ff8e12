import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printNoticeBatch, reviewNoticeBatch } from '../../../activities/documents/notice-batch.js'
import { CARD } from '../../../activities/documents/notice-card.js'
import { ADDRESS } from '../../../activities/documents/notice-front.js'
import type { NoticeBatchResult, NoticeLetter, ReviewReason } from '../../../activities/documents/notice-job.js'
import { printNoticeProof } from '../../../activities/documents/notice-proof.js'
import { postalBars } from '../../../activities/documents/postal-bars.js'
import { civilDate } from '../../../domain/civil-date.js'
import { formatLetterCode } from '../../../domain/letter-code.js'
import { checkNoticeText } from '../../../domain/notice-checklist.js'
import { postalBarcodeDigits } from '../../../domain/postal-barcode.js'
import { aBatch, aContent, aLetter, anAddress, someFacts } from './notice-fixture.js'
import { decodeCode128, decodeQr, nodesOf, openRendered, pictureOf, roles } from './rendered-page.js'
import type { RenderedDocument } from './rendered-page.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letters-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const longWord = 'Wolfeschlegelsteinhausenbergerdorff'

describe('the text of every letter variant', () => {
  const remailed = { plannedMailingDate: civilDate('2027-03-03'), printedDeadline: civilDate('2027-03-22') }
  const variants: [string, Partial<NoticeLetter>, string[]][] = [
    ['a home', { content: 'home' }, ['7.290¢', '8.613¢', 'March 16, 2027']],
    [
      'a small business',
      { content: 'business', name: 'Wilson Family Dentistry' },
      ['7.105¢', '8.402¢', 'March 16, 2027'],
    ],
    ['an account of two classes', { content: 'both' }, ['7.290¢', '7.105¢', 'Home (DS-1)', 'Small business (DS-2)']],
    [
      'a re-mailed letter',
      { content: 'remailed' },
      ['March 3, 2027', 'Postmarked March 22, 2027', 'Received by March 22, 2027'],
    ],
    ['a long name', { name: `Hubert Blaine ${longWord} and Daughters of Mahomet Township` }, [longWord]],
    ['every class at once', { content: 'all' }, ['Small business (DS-4)', '6.750¢']],
  ]
  let rendered: RenderedDocument
  const contents = {
    home: aContent(),
    business: aContent(['DS-2']),
    both: aContent(['DS-1', 'DS-2']),
    remailed: aContent(['DS-1'], remailed),
    all: aContent(['DS-1', 'DS-2', 'DS-3', 'DS-4']),
  }
  beforeAll(async () => {
    const file = join(folder, 'variants.pdf')
    const printed = printNoticeBatch(
      aBatch(
        file,
        variants.map(([, change], i) => aLetter(i + 1, change)),
        { contents },
      ),
    )
    expect(printed).toMatchObject({ letters: variants.length, pages: 2 * variants.length, review: [] })
    rendered = await openRendered(file)
  })

  test.each(variants.map(([name, change, words], i) => ({ name, change, words, i })))(
    '$name',
    ({ change, words, i }) => {
      const letter = aLetter(i + 1, change)
      const text = rendered.pages
        .slice(2 * i, 2 * i + 2)
        .map((page) => page.text)
        .join('\n')
      expect(checkNoticeText(text, contents[letter.content as keyof typeof contents])).toEqual([])
      for (const word of [...words, letter.accountNumber, formatLetterCode(letter.code), `No. 00000${i + 1}`])
        expect(text).toContain(word)
      const address = rendered.pages[2 * i]?.text.replace(/\s+/g, ' ')
      expect(address).toContain(letter.name)
      expect(address).toContain('1124 Marshall St Apt 15 Mahomet IL 61853-1003')
      expect(rendered.pages[2 * i + 1]?.text).toContain('1124 Marshall St Apt 15, Mahomet IL 61853-1003')
    },
  )

  test('a home is not told the price of a business, nor a business that of a home', () => {
    expect(rendered.pages[0]?.text).not.toContain('7.105')
    expect(rendered.pages[2]?.text).not.toContain('7.290')
  })

  test('the first page carries no account number and no letter code: they would show through the window', () => {
    const letter = aLetter(1)
    expect(rendered.pages[0]?.text).not.toContain(letter.accountNumber)
    expect(rendered.pages[0]?.text).not.toContain(formatLetterCode(letter.code))
  })

  test('no text leaves the page or the printable margin of a quarter inch, and none crosses the cut', () => {
    for (const [i, page] of rendered.pages.entries()) {
      for (const item of page.items) {
        expect(item.left, item.text).toBeGreaterThan(18)
        expect(item.right, item.text).toBeLessThan(612 - 18)
        expect(item.baseline).toBeGreaterThan(7)
        expect(item.baseline).toBeLessThan(792 - 18)
        if (i % 2 === 1) expect(Math.abs(item.baseline - (792 - 558)), item.text).toBeGreaterThan(7)
      }
    }
  })

  test('only the address block comes into the window of the envelope, however the sheet slips', () => {
    for (const page of rendered.pages.filter((_, i) => i % 2 === 0)) {
      // the window sweeps 0 to 5.375 inches across and 2.25 to 3.625 down
      const swept = page.items.filter(
        (item) => item.left < 387 && 792 - item.baseline > 162 && 792 - item.baseline < 261,
      )
      const visible = swept.filter((item) => item.left >= 63 && item.right <= 315 && 792 - item.baseline <= 243)
      expect(swept).toEqual(visible)
      expect(swept.length).toBeGreaterThanOrEqual(3)
    }
  })

  test('is tagged in reading order, with language, title, headings, tables and pictures with their text', () => {
    expect(rendered).toMatchObject({ tagged: true, language: 'en-US' })
    expect(rendered.title).toContain('A group price for electricity in Mahomet')
    const front = nodesOf(rendered.pages[0]?.structure ?? null)
    expect(front.filter((node) => node.role === 'H1')).toHaveLength(1)
    expect(front.filter((node) => node.role === 'TH').length).toBeGreaterThan(3)
    expect(front.find((node) => node.role === 'Figure')?.alt).toBe('Seal of the Village of Mahomet')
    const back = nodesOf(rendered.pages[1]?.structure ?? null)
    expect(back.filter((node) => node.role === 'Figure').map((node) => node.alt)).toEqual([
      'Square code that opens the opt-out page with this letter code',
      'Barcode of the letter code',
    ])
    expect(back.some((node) => node.lang === 'es')).toBe(true)
    expect(roles(rendered.pages[1]?.structure ?? null)).toEqual(roles(rendered.pages[5]?.structure ?? null))
  })
})

describe('the barcodes on the printed page', () => {
  const letter = aLetter(77)
  let file: string
  beforeAll(() => {
    file = join(folder, 'codes.pdf')
    printNoticeBatch(aBatch(file, [letter]))
  })

  test('the QR code opens the opt-out page with the letter code', async () => {
    const picture = await pictureOf(file, 2, {
      x: CARD.qr.x - 14,
      y: CARD.qr.top - 14,
      width: CARD.qr.size + 28,
      height: CARD.qr.size + 28,
    })
    expect(decodeQr(picture)).toBe(`https://prairiewind.example/r/${letter.code}`)
  })

  test('the bars are the letter code in Code 128', async () => {
    const picture = await pictureOf(file, 2, {
      x: CARD.bars.x - 4,
      y: CARD.bars.top + 4,
      width: CARD.bars.width + 8,
      height: CARD.bars.height - 8,
    })
    expect(decodeCode128(picture)).toBe(letter.code)
  })

  test('the postal barcode on the address block has the bars of its digits, read from the picture', async () => {
    const digits = postalBarcodeDigits(
      { barcodeId: '00', serviceType: '310', mailerId: '900000123', verified: false },
      letter.serial,
      letter.mailAddress,
    )
    if (!digits.ok) throw new Error(digits.refusal.message)
    const scale = 10
    const { pixels, width } = await pictureOf(
      file,
      1,
      { x: ADDRESS.x, y: ADDRESS.postalTop, width: 214, height: 10.44 },
      scale,
    )
    const isDark = (x: number, y: number) =>
      (pixels[Math.round(y * scale) * width + Math.round(x * scale)] as number) < 128
    const read = Array.from({ length: 65 }, (_, i) => {
      const middle = (i * 72) / 22 + 0.72
      expect(isDark(middle, 5.22)).toBe(true)
      expect(isDark(middle + 1.6, 5.22)).toBe(false)
      const [ascends, descends] = [isDark(middle, 1), isDark(middle, 9.4)]
      return ascends ? (descends ? 'F' : 'A') : descends ? 'D' : 'T'
    })
    expect(read).toEqual(postalBars(digits.value))
  })
})

describe('what cannot be printed goes to review', () => {
  const cases: [string, Partial<NoticeLetter>, ReviewReason | null][] = [
    ['a Vietnamese name', { name: 'Nguyễn Thị Hồng' }, null],
    ['the same name in decomposed letters', { name: 'Nguyễn'.normalize('NFD') }, null],
    [
      'a name of 80 letters in words',
      { name: 'Maria Alexandra Josephine Bartholomew-Featherstonehaugh of Greater Champaign Co'.slice(0, 80) },
      null,
    ],
    ['a name of 80 letters without a space', { name: 'x'.repeat(80) }, 'name-too-long'],
    ['a name of 200 letters in words', { name: 'Bartholomew '.repeat(17).slice(0, 200) }, 'name-too-long'],
    ['a name of 200 letters without a space', { name: 'W'.repeat(200) }, 'name-too-long'],
    ['a blank name', { name: ' \t ' }, 'blank-name'],
    ['a glyph that the face lacks', { name: '山田太郎' }, 'missing-glyph'],
    ['a control character', { name: 'Ann\u0007 Smith' }, 'missing-glyph'],
    ['an emoji', { serviceAddress: anAddress({ unit: '🏠' }) }, 'missing-glyph'],
    [
      'a street of 200 letters',
      { mailAddress: anAddress({ street: 'Long Meadow Lane '.repeat(12).slice(0, 200) }) },
      'address-too-long',
    ],
    [
      'a service street without a space',
      { serviceAddress: anAddress({ street: 'y'.repeat(120) }) },
      'address-too-long',
    ],
    ['no street', { mailAddress: anAddress({ street: '' }) }, 'blank-address'],
    ['no city of the service address', { serviceAddress: anAddress({ city: '' }) }, 'blank-address'],
    ['a ZIP code of four digits', { mailAddress: anAddress({ zip: '6185' }) }, 'postal-code'],
  ]
  const letters = cases.map(([, change], i) => aLetter(i + 1, change))
  let printed: NoticeBatchResult
  let rendered: RenderedDocument
  beforeAll(async () => {
    const file = join(folder, 'review.pdf')
    printed = printNoticeBatch(aBatch(file, letters))
    rendered = await openRendered(file)
  })

  test.each(cases.map(([what, , reason], index) => ({ what, reason, index })))(
    '$what: $reason',
    ({ reason, index }) => {
      expect(printed.review.find((entry) => entry.index === index)?.reason ?? null).toBe(reason)
    },
  )

  test('names only the place in the job, and the check beforehand gives the same answer', () => {
    expect(printed.review.map((entry) => Object.keys(entry))).toEqual(printed.review.map(() => ['index', 'reason']))
    expect(reviewNoticeBatch(aBatch(join(folder, 'unused.pdf'), letters))).toEqual(printed.review)
    expect(readdirSync(folder).filter((name) => name.includes('unused'))).toEqual([])
  })

  test('the others are printed and numbered without a gap', () => {
    expect(printed.letters + printed.review.length).toBe(letters.length)
    expect(rendered.pages).toHaveLength(2 * printed.letters)
    const numbers = rendered.pages.flatMap((page) => /No\. (\d{6})/.exec(page.text)?.[1] ?? [])
    expect(numbers).toEqual(Array.from({ length: printed.letters }, (_, i) => String(i + 1).padStart(6, '0')))
  })

  test('without a postal barcode an odd ZIP code is no reason', () => {
    const job = aBatch(join(folder, 'plain.pdf'), [aLetter(1, { mailAddress: anAddress({ zip: 'K1A 0B1' }) })], {
      postal: null,
    })
    expect(printNoticeBatch(job).review).toEqual([])
  })

  test('with nothing to print there is no file', () => {
    const result = printNoticeBatch(aBatch(join(folder, 'none.pdf'), [aLetter(1, { name: '' })]))
    expect(result).toMatchObject({ letters: 0, pages: 0, bytes: 0, sha256: '' })
    expect(readdirSync(folder).filter((name) => name.includes('none'))).toEqual([])
  })
})

describe('a batch', () => {
  const letters = [aLetter(1), aLetter(2, { content: 'business' }), aLetter(3)]

  test('gives the same bytes for the same job, and other bytes for another day', () => {
    const [first, second, other] = ['a', 'b', 'c'].map((name, i) =>
      printNoticeBatch(
        aBatch(join(folder, `${name}.pdf`), letters, i === 2 ? { createdAt: '2027-02-21T14:00:00Z' as never } : {}),
      ),
    )
    expect(second?.sha256).toBe(first?.sha256)
    expect(readFileSync(join(folder, 'a.pdf')).equals(readFileSync(join(folder, 'b.pdf')))).toBe(true)
    expect(other?.sha256).not.toBe(first?.sha256)
  })

  test('holds the constant text once, however many letters share it', () => {
    const size = (count: number) =>
      printNoticeBatch(
        aBatch(
          join(folder, 'size.pdf'),
          Array.from({ length: count }, (_, i) => aLetter(i + 1)),
        ),
      ).bytes
    const [one, two, three] = [size(1), size(2), size(3)] as [number, number, number]
    expect(three - two).toBeLessThan(16_000)
    expect(Math.abs(three - two - (two - one))).toBeLessThan(2_000)
  })

  test('numbers on from the first sequence it is given', async () => {
    const file = join(folder, 'later.pdf')
    printNoticeBatch(aBatch(file, letters, { firstSequence: 5001 }))
    expect((await openRendered(file)).pages[1]?.text).toContain('No. 005001')
  })

  test('in blank style has one tiny page per letter with its code only', async () => {
    const file = join(folder, 'blank.pdf')
    expect(printNoticeBatch(aBatch(file, letters, { style: 'blank' }))).toMatchObject({ letters: 3, pages: 3 })
    const { pages } = await openRendered(file)
    expect(pages.map((page) => page.text)).toEqual(letters.map((letter) => letter.code))
    expect(pages[0]?.size).toEqual([144, 36])
  })

  test('that fails leaves nothing behind', () => {
    expect(() => printNoticeBatch(aBatch(join(folder, 'broken.pdf'), [aLetter(1, { content: 'nowhere' })]))).toThrow(
      'nowhere',
    )
    expect(readdirSync(folder).filter((name) => name.includes('broken'))).toEqual([])
  })
})

describe('the proof', () => {
  test('finds every item of every letter on the rendered pages', async () => {
    const letters = ['home', 'business', 'both'].map((content, i) => aLetter(i + 1, { content }))
    const proof = await printNoticeProof(aBatch(join(folder, 'proof.pdf'), letters))
    expect(proof).toMatchObject({ letters: 3, checked: 39, missing: [] })
  })

  test('names the letter and the item when the page lacks its words', async () => {
    const content = aContent()
    const contents = { home: { ...content, front: content.front.slice(1) } }
    const proof = await printNoticeProof(
      aBatch(join(folder, 'torn.pdf'), [aLetter(1, { name: '' }), aLetter(2)], { contents }),
    )
    expect(proof.missing.map(({ letter, entry }) => [letter, entry.id])).toEqual([[1, 'fees']])
  })

  test('misses the supplier when its name has letters that the face lacks', async () => {
    const contents = { home: aContent(['DS-1'], { supplier: { ...someFacts().supplier, marketingName: '山風' } }) }
    const proof = await printNoticeProof(aBatch(join(folder, 'glyphs.pdf'), [aLetter(1)], { contents }))
    expect(proof.missing.map(({ entry }) => entry.id)).toContain('supplier')
  })
})
