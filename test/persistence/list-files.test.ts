import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listKindOf, listSourcesIn } from '../../persistence/list-files/list-source.js'
import { readCustomerList } from '../../persistence/list-files/read-customer-list.js'
import { csvOf, HEADER, rowsOf, valuesOf } from './list-files-fixture.js'

const NAMES = [
  'Nguyễn Miller',
  'Hall "The Spot" Cafe',
  "O'Brien Pizza, Inc.",
  'Zoë Ramirez',
  '=HYPERLINK("http://x","y")',
  '+1',
  '@a',
  '-2',
]

describe('the text of a list', () => {
  test('quoted values, commas, doubled quotes and names like formulas come through as they are', async () => {
    const rows = await rowsOf(csvOf(...NAMES.map((customer_name) => ({ customer_name }))))
    expect(rows.map((row) => row.cells.customer_name)).toEqual(NAMES)
  })

  test('leading zeros are kept, and nothing is padded', async () => {
    const [row, short] = await rowsOf(csvOf({}, { account_number: '483314883' }))
    expect(row?.cells.account_number).toBe('0483314883')
    expect(short?.cells.account_number).toBe('483314883')
  })

  test.each([
    ['LF', csvOf({}, {})],
    ['CR LF', csvOf({}, {}).replaceAll('\n', '\r\n')],
    ['CR', csvOf({}, {}).replaceAll('\n', '\r')],
    ['no line end after the last row', csvOf({}, {}).trimEnd()],
    ['blank lines at the end', `${csvOf({}, {})}\n\n`],
    ['rows of commas at the end', `${csvOf({}, {})}${','.repeat(34)}\n${','.repeat(34)}`],
    ['spaces around values', csvOf({}, {}).replaceAll(',', ' , ')],
  ])('%s', async (_name, text) => {
    const rows = await rowsOf(text)
    expect(rows.map((row) => row.line)).toEqual([2, 3])
    expect(rows[1]?.cells.rate_class).toBe('DS-1')
  })

  test.each(['\n', '\r\n'])('a row is named by the line it begins on, when values run over lines (%j)', async (end) => {
    const text = csvOf({ customer_name: 'first\nsecond\nthird' }, {}, { service_address: 'a\nb' }, {}).replace(
      /\n/g,
      end,
    )
    const rows = await rowsOf(text)
    expect(rows.map((row) => row.line)).toEqual([2, 5, 6, 8])
    expect(rows[0]?.cells.customer_name).toBe('first\nsecond\nthird')
  })

  test('blank lines between rows are counted but are no rows', async () => {
    const [header, one, two] = csvOf({}, {}).trimEnd().split('\n')
    expect((await rowsOf([header, '', one, '', '', two].join('\n'))).map((row) => row.line)).toEqual([3, 6])
  })

  test('columns may come in any order, and others than ours are ignored', async () => {
    const lines = csvOf({ kwh_12: '77' }).trimEnd().split('\n')
    const text = lines
      .map((line, at) => `${at === 0 ? 'meter' : 'M-1'},${line.split(',').reverse().join(',')}`)
      .join('\n')
    const [row] = await rowsOf(text)
    expect(row?.cells).toMatchObject({ account_number: '0483314883', kwh_12: '77' })
  })

  test('rows have the same fingerprint exactly when all values are the same, those of unknown columns too', async () => {
    const [header, one] = csvOf({}).trimEnd().split('\n')
    const lines = [`${header},meter`, `${one},M-1`, `${one} , M-1`, `${one},M-2`]
    const prints = (await rowsOf(lines.join('\n'))).map((row) => row.fingerprint)
    expect(prints[1]).toBe(prints[0])
    expect(prints[2]).not.toBe(prints[0])
  })

  test('any list written as CSV is read back value for value', async () => {
    const value = fc
      .string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' ', ';', '😀', '1') })
      .map((text) => text.trim())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ customer_name: value, service_address: value, kwh_12: value }), { maxLength: 8 }),
        async (parts) => {
          const rows = await rowsOf(csvOf(...parts))
          expect(
            rows.map(({ cells: { customer_name, service_address, kwh_12 } }) => ({
              customer_name,
              service_address,
              kwh_12,
            })),
          ).toEqual(parts)
        },
      ),
    )
  })
})

describe('encodings', () => {
  const text = csvOf({ customer_name: 'Zoë Ramírez' }, { customer_name: 'plain' })

  test.each([
    ['UTF-8', Buffer.from(text), undefined],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`), undefined],
    ['UTF-8 by the mapping', Buffer.from(text), 'utf-8'],
    ['Windows-1252', iconv.encode(text, 'windows-1252'), undefined],
    ['Windows-1252 by the mapping', iconv.encode(text, 'windows-1252'), 'windows-1252'],
    ['UTF-16 little end first, with its mark', iconv.encode(`\ufeff${text}`, 'utf-16le'), undefined],
    ['UTF-16 big end first, with its mark', iconv.encode(`\ufeff${text}`, 'utf-16be'), undefined],
    ['UTF-16 without a mark, by the mapping', iconv.encode(text, 'utf-16le'), 'utf-16le'],
    ['a mark against the mapping', Buffer.from(`\ufeff${text}`), 'windows-1252'],
  ] as const)('%s', async (_name, bytes, encoding) => {
    const rows = await rowsOf(bytes, encoding ? { encoding } : {})
    expect(rows.map((row) => row.cells.customer_name)).toEqual(['Zoë Ramírez', 'plain'])
  })

  test.each(['utf-8', 'utf-16le', 'utf-16be'] as const)(
    'a character cut in two by the way files are read (%s)',
    async (encoding) => {
      const rows = Array.from({ length: 1500 }, (_, at) => ({
        customer_name: `${'x'.repeat(at % 4)}😀é${at}`,
        service_address: 'a\r\nb',
      }))
      const read = await rowsOf(iconv.encode(`\ufeff${csvOf(...rows)}`, encoding))
      expect(read.map((row) => row.cells.customer_name)).toEqual(rows.map((row) => row.customer_name))
      expect(read.at(-1)?.line).toBe(2 + 2 * 1499)
    },
  )

  test.each([
    ['a byte UTF-8 does not have', iconv.encode(text, 'windows-1252'), { encoding: 'utf-8' }, /line 2 .*utf-8/],
    [
      'a byte Windows-1252 does not have',
      Buffer.from(text.replace('plain', '\x81'), 'latin1'),
      {},
      /line 3 .*windows-1252/,
    ],
    ['a NUL', Buffer.from(text.replace('plain', 'a\0b')), {}, /NUL on line 3/],
    ['UTF-16 without a mark', iconv.encode(text, 'utf-16le'), {}, /NUL on line 1/],
    [
      'UTF-16 cut in the middle of a character',
      iconv.encode(`\ufeff${text}`, 'utf-16le').subarray(0, -1),
      {},
      /line 3 .*utf-16le/,
    ],
    ['UTF-16 with a NUL', iconv.encode(`\ufeff${text.replace('plain', '\0')}`, 'utf-16be'), {}, /NUL on line 3/],
  ] as const)('%s refuses the file with its line', async (_name, bytes, mapping, message) => {
    await expect(rowsOf(bytes, mapping)).rejects.toThrow(message)
  })
})

describe('a damaged file is refused in one sentence with its line and without a word of its content', () => {
  const secret = 'Secret Person'
  const good = csvOf({ customer_name: secret }, { customer_name: secret })
  const lines = good.trimEnd().split('\n')

  test.each([
    ['empty', '', /is empty/],
    ['blank', '\n\n', /is empty/],
    [
      'cut inside a quoted value',
      `${good}"0483314883","${secret}\n1,2`,
      /ends inside a quoted value that begins on line 4/,
    ],
    ['cut inside a row', good.slice(0, -20), /values on line 3 where its header has 35/],
    ['a comma too many', good.replace(secret, `${secret}, Inc`), /36 values on line 2/],
    ['text behind a closing quote', good.replace(secret, `"${secret}"x`), /quote in the wrong place on line 2/],
    [
      'a quote inside a value without quotes',
      good.replace(secret, `${secret} "Bo" B`),
      /quote in the wrong place on line 2/,
    ],
    ['a column that is missing', good.replace('rate_class', 'class'), /no column "rate_class"/],
    ['the wrong delimiter', good.replaceAll(',', ';'), /no column "account_number" among the 1 of its first line/],
    ['a column named twice', good.replace('plc_kw', 'rate_class'), /two columns "rate_class"/],
    ['no header', lines.slice(1).join('\n'), /no column "account_number"/],
    ['a line of ten million characters', `${HEADER}\n${'x'.repeat(10_000_000)}\n`, /from line 2 on that is longer/],
    ['a quote that swallows the rest', `${good}"${`${lines[1]}\n`.repeat(20_000)}`, /from line 4 on that is longer/],
    [
      'a line of ten million characters in UTF-16',
      iconv.encode(`\ufeff${HEADER}\n${'x'.repeat(10_000_000)}`, 'utf-16le'),
      /from line 2 on that is longer/,
    ],
  ])('%s', async (_name, content, message) => {
    const error = await rowsOf(content).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'InputFileError', message: expect.stringMatching(message) })
    const sentence = (error as Error).message
    expect(sentence).not.toContain(secret)
    expect(sentence).not.toContain('0483314883')
    expect(sentence).toMatch(/^The list file list\.csv [^\n]*\.$/)
  })

  test('three hundred columns are no trouble', async () => {
    const more = Array.from({ length: 300 }, (_, at) => `extra${at}`)
    const [row] = await rowsOf(`${HEADER},${more.join(',')}\n${valuesOf().join(',')},${more.join(',')}\n`)
    expect(row?.cells.account_number).toBe('0483314883')
  })

  test('columns that decide nothing may be missing', async () => {
    const [row] = await rowsOf(csvOf({}).replace('plc_kw', 'x').replace('pipp', 'y').replace('mail_address', 'z'))
    expect(row?.cells).toMatchObject({ plc_kw: '', pipp: '', mail_address: '' })
  })

  test('columns without a name are ignored', async () => {
    const text = csvOf({})
      .split('\n')
      .map((line) => (line === '' ? line : `${line},,`))
      .join('\n')
    expect(await rowsOf(text)).toHaveLength(1)
  })
})

describe('the list folder', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lists-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function folderWith(files: Readonly<Record<string, string | null>>): string {
    const path = mkdtempSync(join(folder, 'case-'))
    for (const [name, text] of Object.entries(files)) {
      if (text === null) mkdirSync(join(path, name))
      else writeFileSync(join(path, name), text)
    }
    return path
  }

  const three = {
    'utility-fixed-price.csv': csvOf({}),
    'retail-supplier.csv': HEADER,
    'utility-hourly.csv': `${HEADER}\n`,
  }

  test('the three lists are found, other files are left alone, a list of a header only is empty', async () => {
    const sources = await listSourcesIn(folderWith({ ...three, 'boundary.csv': 'x', 'notes.txt': '\0' }), {})
    expect(sources.map(({ kind, name }) => [kind, name])).toEqual([
      ['fixed', 'utility-fixed-price.csv'],
      ['supplier', 'retail-supplier.csv'],
      ['hourly', 'utility-hourly.csv'],
    ])
    const rows = []
    for await (const row of readCustomerList(sources, {})) rows.push(row)
    expect(rows.map(({ file, line, list }) => ({ file, line, list }))).toEqual([
      { file: 'utility-fixed-price.csv', line: 2, list: 'fixed' },
    ])
  })

  test('the mapping names the files', async () => {
    const mapping = { files: { fixed: 'a.csv', hourly: 'c.csv' } }
    const sources = await listSourcesIn(
      folderWith({ 'a.csv': '', 'retail-supplier.csv': '', 'c.csv': '', 'utility-hourly.csv': '' }),
      mapping,
    )
    expect(sources.map(({ name }) => name)).toEqual(['a.csv', 'retail-supplier.csv', 'c.csv'])
    expect(listKindOf('c.csv', mapping)).toBe('hourly')
    expect(listKindOf('utility-hourly.csv', mapping)).toBeNull()
    expect(listKindOf('boundary.csv', {})).toBeNull()
  })

  test.each([
    ['a folder that is not there', 'nowhere', {}, /cannot be read; name a folder/],
    [
      'a list that is missing',
      folderWithout('retail-supplier.csv'),
      {},
      /has no retail-supplier\.csv or retail-supplier\.xlsx; add it/,
    ],
    [
      'a list named by the mapping that is missing',
      folderWithout('x'),
      { files: { fixed: 'a.csv' } },
      /has no a\.csv; add it/,
    ],
    [
      'a list there twice',
      () => folderWith({ ...three, 'utility-hourly.xlsx': '' }),
      {},
      /holds utility-hourly\.csv and utility-hourly\.xlsx/,
    ],
  ] as const)('%s is refused', async (_name, where, mapping, message) => {
    const path = typeof where === 'string' ? join(folder, where) : where()
    await expect(listSourcesIn(path, mapping)).rejects.toThrow(message)
  })

  function folderWithout(missing: string): () => string {
    return () => folderWith(Object.fromEntries(Object.entries(three).filter(([name]) => name !== missing)))
  }

  test('a list that is a folder is refused', async () => {
    const sources = await listSourcesIn(folderWith({ ...three, 'utility-fixed-price.csv': null }), {})
    const reading = async () => {
      for await (const row of readCustomerList(sources, {})) return row
    }
    await expect(reading()).rejects.toThrow(
      'The list file utility-fixed-price.csv cannot be read (EISDIR); check that it is a file and may be read.',
    )
  })
})
