import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchManifest, readManifest, writeManifest } from '../../../activities/documents/batch-manifest.js'
import { printNoticeBatch } from '../../../activities/documents/notice-batch.js'
import {
  MAX_BATCH_LETTERS,
  proveNotice,
  renderDocument,
  renderNoticeBatch,
  reviewNoticeLetters,
} from '../../../activities/documents/render.js'
import { aBatch, aLetter, mahomet } from './notice-fixture.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'render-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const letters = [aLetter(1), aLetter(2, { name: '' }), aLetter(3)]

describe('the render thread', () => {
  test('prints what printing in place prints, byte for byte', async () => {
    const there = await renderNoticeBatch(aBatch(join(folder, 'there.pdf'), letters))
    const here = printNoticeBatch(aBatch(join(folder, 'here.pdf'), letters))
    expect(there).toEqual({ ...here, file: join(folder, 'there.pdf') })
    const content = readFileSync(there.file)
    expect(createHash('sha256').update(content).digest('hex')).toBe(there.sha256)
    expect(content.length).toBe(there.bytes)
  })

  test('reviews, proves and draws documents too', async () => {
    expect(await reviewNoticeLetters(aBatch(join(folder, 'r.pdf'), letters))).toEqual([
      { index: 1, reason: 'blank-name' },
    ])
    expect(await proveNotice(aBatch(join(folder, 'p.pdf'), [aLetter(1)]))).toMatchObject({
      letters: 1,
      checked: 13,
      missing: [],
    })
    const order = {
      file: join(folder, 'e.pdf'),
      createdAt: '2027-01-11T14:00:00Z',
      date: '2027-01-11',
      terms: mahomet,
      kind: 'notice-envelope',
      endorsement: null,
    }
    expect(await renderDocument(order as never)).toMatchObject({ pages: 1 })
  })

  test('hands on what went wrong and leaves no half file', async () => {
    await expect(
      renderNoticeBatch(aBatch(join(folder, 'wrong.pdf'), [aLetter(1, { content: 'nowhere' })])),
    ).rejects.toThrow('nowhere')
    expect(readdirSync(folder).filter((name) => name.includes('wrong'))).toEqual([])
  })

  test('ends when it is told to', async () => {
    const stop = new AbortController()
    const many = Array.from({ length: 2_000 }, (_, i) => aLetter(i))
    const running = renderNoticeBatch(aBatch(join(folder, 'stopped.pdf'), many), stop.signal)
    stop.abort(new Error('the worker shuts down'))
    await expect(running).rejects.toThrow('the worker shuts down')
    expect(readdirSync(folder)).not.toContain('stopped.pdf')
  })

  test(`takes ${MAX_BATCH_LETTERS} letters and no more`, () => {
    const many = Array.from({ length: MAX_BATCH_LETTERS + 1 }, () => aLetter(1))
    expect(() => renderNoticeBatch(aBatch(join(folder, 'many.pdf'), many))).toThrow(String(MAX_BATCH_LETTERS))
  })
})

describe('the manifest', () => {
  test('counts and names the printed letters in order, and holds no name and no account number', async () => {
    const job = aBatch(join(folder, 'm.pdf'), letters, { firstSequence: 11 })
    const result = printNoticeBatch(job)
    const manifest = batchManifest(job, result)
    const file = join(folder, 'm.json')
    await writeManifest(file, manifest)
    expect(await readManifest(file)).toEqual(manifest)
    expect(manifest).toMatchObject({
      count: 2,
      pages: 4,
      sha256: result.sha256,
      batch: 'drop-1-batch-1',
      drop: '1',
      printedDeadline: '2027-03-16',
    })
    expect(manifest.letters).toEqual([
      { sequence: 11, code: letters[0]?.code },
      { sequence: 12, code: letters[2]?.code },
    ])
    const text = readFileSync(file, 'utf8')
    for (const { name, accountNumber } of [letters[0], letters[2]] as typeof letters) {
      expect(text).not.toContain(accountNumber)
      expect(text).not.toContain(name)
    }
  })

  test.each([
    ['a count that differs from its letters', { count: 3 }, 'count'],
    [
      'a gap in the sequence',
      {
        letters: [
          { sequence: 1, code: '000000000' },
          { sequence: 3, code: '000000000' },
        ],
      },
      'gap',
    ],
    ['an unknown field', { names: ['x'] }, 'names'],
    ['no hash', { sha256: 'abc' }, 'sha256'],
  ])('with %s is refused', async (_, change, word) => {
    const file = join(folder, 'bad.json')
    const good = {
      format: 'meterhall-print-batch/1',
      batch: 'b',
      drop: '1',
      plannedDate: '2027-02-25',
      printedDeadline: null,
      count: 2,
      pages: 4,
      sha256: 'a'.repeat(64),
      letters: [
        { sequence: 1, code: '000000000' },
        { sequence: 2, code: '000000000' },
      ],
    }
    writeFileSync(file, JSON.stringify(good))
    expect((await readManifest(file)).count).toBe(2)
    writeFileSync(file, JSON.stringify({ ...good, ...change }))
    await expect(readManifest(file)).rejects.toThrow(word)
  })
})
