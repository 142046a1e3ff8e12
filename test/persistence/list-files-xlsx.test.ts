import { describe, expect, test } from 'vitest'
import { LIST_COLUMNS } from '../../domain/list-columns.js'
import { rowsOf, valuesOf } from './list-files-fixture.js'
import { workbook, type Cell } from './list-files-workbook.js'

const header: readonly Cell[] = LIST_COLUMNS

/** One row with some cells as a spreadsheet keeps them. */
function cells(parts: Readonly<Record<string, Cell>> = {}): Cell[] {
  return valuesOf().map((value, at) => parts[LIST_COLUMNS[at] as string] ?? value)
}

describe('a list as an Excel workbook', () => {
  test('cells come as the text a CSV file would hold', async () => {
    const [row] = await rowsOf(
      workbook([
        header,
        cells({
          customer_name: ' Zoë & Söhne <LLC> ',
          bundled_hold_until: new Date(Date.UTC(2027, 2, 31)),
          free_service: true,
          electric_heat: false,
          bill_group: 21,
          plc_kw: 2.338,
          kwh_01: 1267,
          kwh_02: -35,
        }),
      ]),
    )
    expect(row?.cells).toMatchObject({
      account_number: '0483314883',
      customer_name: 'Zoë & Söhne <LLC>',
      bundled_hold_until: '2027-03-31',
      free_service: 'true',
      electric_heat: 'false',
      bill_group: '21',
      plc_kw: '2.338',
      kwh_01: '1267',
      kwh_02: '-35',
    })
  })

  test('a number that lost its leading zeros stays short; a long one keeps all its digits', async () => {
    const [row] = await rowsOf(workbook([header, cells({ account_number: 483314883, service_point: 3829212976001 })]))
    expect(row?.cells).toMatchObject({ account_number: '483314883', service_point: '3829212976001' })
  })

  test('rows are named by their row of the sheet; blank ones are no rows, short ones end in blanks', async () => {
    const rows = await rowsOf(workbook([header, cells(), [], cells().slice(0, 20), [null, ''], [' ']]))
    expect(rows.map((row) => row.line)).toEqual([2, 4])
    expect(rows[1]?.cells.kwh_12).toBe('')
  })

  test('blank sheets beside the list are ignored', async () => {
    expect(await rowsOf(workbook([[]], [header, cells()], []))).toHaveLength(1)
  })

  test('rows on two sheets are refused: one of them would be overlooked', async () => {
    await expect(rowsOf(workbook([header, cells()], [header, cells()]))).rejects.toThrow(
      'The workbook list.csv has rows on 2 sheets; keep one list in each file.',
    )
  })

  test('a damaged workbook is refused in one sentence', async () => {
    const whole = workbook([header, cells()])
    for (const length of [5, 100, Math.floor(whole.length / 2), whole.length - 30]) {
      await expect(rowsOf(whole.subarray(0, length))).rejects.toThrow(
        /^The workbook list\.csv cannot be read; [^\n]*\.$/,
      )
    }
  })

  test('an archive that is no workbook is refused', async () => {
    const other = Buffer.from(workbook([header]).toString('latin1').replaceAll('xl/workbook', 'xl/werkbook'), 'latin1')
    await expect(rowsOf(other)).rejects.toThrow('cannot be read')
  })

  test('a workbook that unpacks to more than the machine should hold is refused before it is unpacked', async () => {
    const bytes = workbook([header, cells()])
    bytes.writeUInt32LE(0x7fffffff, bytes.lastIndexOf('PK\x01\x02') + 24)
    await expect(rowsOf(bytes)).rejects.toThrow('too large to unpack')
  })

  test('an empty workbook is refused as an empty list', async () => {
    await expect(rowsOf(workbook([]))).rejects.toThrow('is empty')
  })
})
