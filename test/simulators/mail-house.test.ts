import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PDFDocument from 'pdfkit'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../simulators/answer.js'
import { createMailHouse } from '../../simulators/mail-house/mail-house.js'
import { pagesOf } from '../../simulators/mail-house/print-batch.js'

const at = '2027-02-24T15:00:00Z'
let pdf: Buffer
let otherPdf: Buffer

beforeAll(async () => {
  pdf = await aPdf(6, 'first')
  otherPdf = await aPdf(6, 'second')
})

function aPdf(pages: number, words: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const document = new PDFDocument({ autoFirstPage: false })
    const chunks: Buffer[] = []
    document.on('data', (chunk: Buffer) => chunks.push(chunk))
    document.on('end', () => resolve(Buffer.concat(chunks)))
    for (let page = 1; page <= pages; page++) document.addPage().text(`${words} ${page}`)
    document.end()
  })
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

function aManifest(changes: Record<string, unknown> = {}): Buffer {
  const letters = ['7K3M9QXWP', '8K3M9QXWQ', '9K3M9QXWR'].map((code, index) => ({ sequence: index + 1, code }))
  const manifest = {
    format: 'meterhall-print-batch/1',
    batch: 'b-1',
    drop: '1',
    plannedDate: '2027-02-25',
    printedDeadline: '2027-03-16',
  }
  return Buffer.from(JSON.stringify({ ...manifest, count: 3, pages: 6, sha256: sha256(pdf), letters, ...changes }))
}

type MailHouse = ReturnType<typeof createMailHouse>

function send(house: MailHouse, stem: string, content: Buffer, manifest: Buffer) {
  house.receive({ name: `${stem}.pdf`, content, at })
  return house.receive({ name: `${stem}.json`, content: manifest, at })
}

const read = (answer: Answer | undefined): Record<string, unknown> => JSON.parse(String(answer?.content))

describe('mail house: a print batch with its manifest', () => {
  test('PDF and manifest together, in either order, are written away and confirmed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mail-house-'))
    try {
      const house = createMailHouse({ folder })
      expect(house.receive({ name: 'b-1.manifest.json', content: aManifest(), at })).toEqual([])
      expect(house.nextAt()).toBeNull()
      expect(house.receive({ name: 'b-1.pdf', content: pdf, at })).toHaveLength(1)
      expect(house.batches()).toEqual([{ batch: 'b-1', drop: '1', count: 3, sha256: sha256(pdf) }])
      expect(readdirSync(folder).sort()).toEqual(['b-1.json', 'b-1.pdf'])
      expect(readFileSync(join(folder, 'b-1.pdf'))).toEqual(pdf)
      const [answer] = house.due('2027-02-24T15:15:00Z')
      expect(answer).toMatchObject({ directory: 'from-mail-house', name: 'b-1.accepted.json' })
      expect(read(answer)).toEqual({ batch: 'b-1', accepted: true, drop: '1', count: 3, sha256: sha256(pdf) })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test.each<[string, () => Buffer, () => Buffer, RegExp]>([
    ['another PDF than the manifest names', () => otherPdf, () => aManifest(), /another SHA-256/],
    ['a PDF cut on the way', () => pdf.subarray(0, pdf.length - 1), () => aManifest(), /another SHA-256/],
    ['something that is no PDF', () => Buffer.from('letters'), () => aManifest(), /not a PDF/],
    ['a count above the letters listed', () => pdf, () => aManifest({ count: 4 }), /says 4 letters and lists 3/],
    ['another number of pages', () => pdf, () => aManifest({ pages: 3 }), /has 6 pages and the manifest says 3/],
    [
      'a gap in the sequence',
      () => pdf,
      () => aManifest({ letters: [1, 2, 4].map((sequence) => ({ sequence, code: `C${sequence}` })) }),
      /gap or a repeat/,
    ],
    [
      'a sequence number twice',
      () => pdf,
      () => aManifest({ letters: [1, 2, 2].map((sequence, index) => ({ sequence, code: `C${index}` })) }),
      /gap or a repeat/,
    ],
    [
      'a letter code twice',
      () => pdf,
      () => aManifest({ letters: [1, 2, 3].map((sequence) => ({ sequence, code: 'C' })) }),
      /letter code stands twice/,
    ],
    ['no letters at all', () => pdf, () => aManifest({ count: 0, letters: [] }), /empty/],
    [
      '5,001 letters',
      () => pdf,
      () =>
        aManifest({
          count: 5001,
          letters: Array.from({ length: 5001 }, (_, index) => ({ sequence: index + 1, code: `C${index}` })),
        }),
      /at most 5000/,
    ],
    ['another form of manifest', () => pdf, () => aManifest({ format: 'other/2' }), /not of the form/],
    ['no drop', () => pdf, () => aManifest({ drop: '' }), /lacks batch, drop or sha256/],
    ['no letters in the manifest', () => pdf, () => aManifest({ letters: undefined }), /lacks letters/],
    ['a manifest that is not JSON', () => pdf, () => Buffer.from('{'), /not JSON/],
  ])('refused with a reason file: %s', (_case, content, manifest, why) => {
    const house = createMailHouse()
    expect(send(house, 'b-1', content(), manifest())).toHaveLength(1)
    expect(house.batches()).toEqual([])
    const [answer] = house.due('2027-02-24T15:15:00Z')
    expect(answer?.name).toBe('b-1.refused.json')
    expect(read(answer)).toEqual({ batch: 'b-1', accepted: false, why: expect.stringMatching(why) })
    expect(house.refusals()).toEqual([
      { at: '2027-02-24T15:15:00Z', what: 'print batch b-1', why: expect.stringMatching(why) },
    ])
  })

  test('exactly 5,000 letters are one batch, and numbering may begin anywhere', () => {
    const house = createMailHouse()
    const letters = Array.from({ length: 5000 }, (_, index) => ({ sequence: index + 5001, code: `C${index}` }))
    send(house, 'b-2', pdf, aManifest({ count: 5000, letters }))
    expect(house.batches()[0]?.count).toBe(5000)
  })

  test('the same batch, or the same PDF under another batch name, is not printed twice', () => {
    const house = createMailHouse()
    send(house, 'b-1', pdf, aManifest())
    send(house, 'b-1-again', otherPdf, aManifest({ sha256: sha256(otherPdf) }))
    send(house, 'b-2', pdf, aManifest({ batch: 'b-2' }))
    expect(house.batches()).toHaveLength(1)
    expect(house.refusals().map(({ why }) => why)).toEqual([
      'a batch of this name was accepted before',
      'this very PDF was accepted before',
    ])
  })

  test('the same file under the same name is one file', () => {
    const house = createMailHouse()
    send(house, 'b-1', pdf, aManifest())
    expect(send(house, 'b-1', pdf, aManifest())).toEqual([])
    expect(house.refusals()).toEqual([])
  })

  test('a refused batch can be sent again, corrected, under another file name', () => {
    const house = createMailHouse()
    send(house, 'b-1', pdf, aManifest({ pages: 7 }))
    send(house, 'b-1-corrected', pdf, aManifest())
    expect(house.batches().map(({ batch }) => batch)).toEqual(['b-1'])
  })

  test('a file of another kind is refused', () => {
    const house = createMailHouse()
    house.receive({ name: 'b-1.doc', content: pdf, at })
    expect(house.refusals()[0]?.why).toBe('it is neither a PDF nor a manifest')
  })

  test('pages are counted from the page tree', async () => {
    expect(pagesOf(pdf)).toBe(6)
    expect(pagesOf(await aPdf(1, 'one'))).toBe(1)
    expect(pagesOf(Buffer.from('%PDF-1.7'))).toBe(0)
  })
})

describe('mail house: evidence and returns', () => {
  function mailed(): MailHouse {
    const house = createMailHouse()
    send(house, 'b-1', pdf, aManifest())
    send(
      house,
      'b-2',
      otherPdf,
      aManifest({
        batch: 'b-2',
        sha256: sha256(otherPdf),
        letters: [4, 5, 6].map((sequence) => ({ sequence, code: `C${sequence}` })),
      }),
    )
    house.due('2027-02-24T15:15:00Z')
    return house
  }

  test('a drop is certified on its date with the count of all its manifests', () => {
    const house = mailed()
    house.scriptEvidence({ drop: '1', on: '2027-02-25' })
    expect(house.nextAt()).toBe('2027-02-25T23:00:00Z')
    const [evidence] = house.due('2027-02-25T23:00:00Z')
    expect(evidence?.name).toBe('evidence-1.json')
    expect(read(evidence)).toEqual({
      form: 'PS 3606-D',
      drop: '1',
      mailingDate: '2027-02-25',
      pieces: 6,
      batches: [
        { batch: 'b-1', count: 3, manifestSha256: sha256(aManifest()) },
        { batch: 'b-2', count: 3, manifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ],
    })
  })

  test('a scripted count is certified as it stands, and a second certificate corrects the first', () => {
    const house = mailed()
    house.scriptEvidence({ drop: '1', on: '2027-02-25', pieces: 5 })
    house.scriptEvidence({ drop: '1', on: '2027-02-26', pieces: 6 })
    const answers = house.due('2027-03-01T00:00:00Z')
    expect(answers.map(({ name }) => name)).toEqual(['evidence-1.json', 'evidence-1-2.json'])
    expect(answers.map((answer) => read(answer)).map(({ pieces, mailingDate }) => [pieces, mailingDate])).toEqual([
      [5, '2027-02-25'],
      [6, '2027-02-26'],
    ])
  })

  test('a drop of which no batch was accepted is not certified', () => {
    const house = mailed()
    house.scriptEvidence({ drop: '2', on: '2027-02-25' })
    expect(house.due('2027-03-01T00:00:00Z')).toEqual([])
    expect(house.refusals()).toEqual([
      { at: '2027-02-25T23:00:00Z', what: 'evidence for drop 2', why: 'no batch of this drop was accepted' },
    ])
  })

  test('undeliverable letters of one day come back in one file, by letter code, batch and sequence', () => {
    const house = mailed()
    house.scriptEvidence({ drop: '1', on: '2027-02-25' })
    house.scriptReturn({ letterCode: '8K3M9QXWQ', on: '2027-03-01' })
    house.scriptReturn({ letterCode: 'C6', on: '2027-03-01' })
    const returns = house.due('2027-03-02T00:00:00Z').at(-1)
    expect(returns?.name).toBe('returns-2027-03-01.json')
    expect(read(returns)).toEqual({
      returned: '2027-03-01',
      pieces: [
        { letterCode: '8K3M9QXWQ', batch: 'b-1', sequence: 2 },
        { letterCode: 'C6', batch: 'b-2', sequence: 6 },
      ],
    })
  })

  test.each([
    [
      'a letter that was never printed',
      { letterCode: 'NOT-OURS', on: '2027-03-01' },
      'no letter of this code was printed',
    ],
    ['a letter before it was mailed', { letterCode: 'C6', on: '2027-02-24' }, 'the letter was not mailed by then'],
  ])('does not return %s', (_case, entry, why) => {
    const house = mailed()
    house.scriptEvidence({ drop: '1', on: '2027-02-25' })
    house.scriptReturn(entry)
    expect(house.due('2027-03-02T00:00:00Z').map(({ name }) => name)).toEqual(['evidence-1.json'])
    expect(house.refusals().map((refusal) => refusal.why)).toEqual([why])
  })

  test('a snapshot carries it over a restart', () => {
    const house = mailed()
    house.scriptEvidence({ drop: '1', on: '2027-02-25' })
    house.scriptReturn({ letterCode: 'C6', on: '2027-03-01' })
    const resumed = createMailHouse({ snapshot: house.snapshot() })
    expect(resumed.due('2027-03-02T00:00:00Z')).toEqual(house.due('2027-03-02T00:00:00Z'))
  })
})
