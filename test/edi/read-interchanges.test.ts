import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReadOutcome, readInterchanges } from '../../edi/read-interchanges.js'
import { secondReading } from './second-reader.js'
import { ACCEPT, type RawTransaction, rawFile, rawInterchange } from './raw-interchange.js'

const SMALL: RawTransaction = ['997', 'AK1*GE*9', 'AK9*A*1*1*1']

describe('X12.5 and X12.6: what a whole file says', () => {
  test('every value is the text of the file, and trailing empty elements are kept', () => {
    const file = rawInterchange([[['814', 'BGN*13*  x *20270105***', 'REF*12*00012*']]])
    expect(contentOf(readInterchanges(file))).toEqual([
      {
        control: '000000917',
        sender: '1234567890001',
        receiver: '006900001',
        usage: 'T',
        groups: [
          {
            control: '1',
            transactions: [
              {
                control: '0001',
                set: '814',
                segments: [
                  ['BGN', '13', '  x ', '20270105', '', '', ''],
                  ['REF', '12', '00012', ''],
                ],
              },
            ],
          },
        ],
      },
    ])
  })

  test('several groups and several interchanges, each with its own separators, are read in order', () => {
    const first = rawInterchange([[ACCEPT, ACCEPT], [SMALL]], { lineEnd: '\r\n' })
    const second = rawInterchange([[SMALL]], { element: '~', component: '^', terminator: '\n', control: '000000918' })
    const read = contentOf(readInterchanges(`${first} \t\r\n${second}\r\n`))
    expect(read.map(({ control }) => control)).toEqual(['000000917', '000000918'])
    expect(read[0]?.groups.map(({ transactions }) => transactions.map(({ set }) => set))).toEqual([
      ['814', '814'],
      ['997'],
    ])
    expect(read[1]?.groups[0]?.transactions[0]?.segments).toEqual([
      ['AK1', 'GE', '9'],
      ['AK9', 'A', '1', '1', '1'],
    ])
  })

  test.each([
    ['*', '>', '~', ''],
    ['*', '>', '~', '\n'],
    ['*', '>', '~', '\r\n'],
    ['~', '>', '!', '\n'],
    ['*', ':', '\n', ''],
    ['*', ':', '\r', ''],
    ['*', ':', '\r', '\n'],
    ['|', '\\', "'", ''],
    ['\x1d', '\x1f', '\x1c', ''],
    ['^', '$', ']', '\r'],
  ])(
    'the separators %j %j %j with %j after the last are taken from the ISA',
    (element, component, terminator, lineEnd) => {
      const usual = contentOf(readInterchanges(rawInterchange([[ACCEPT], [SMALL]])))
      const other = rawInterchange([[ACCEPT], [SMALL]], { element, component, terminator, lineEnd })
      expect(contentOf(readInterchanges(other))).toEqual(usual)
    },
  )

  test('UTF-8 values are decoded, other bytes are Latin-1, and both count as bytes', () => {
    const bytes = (text: string, encoding: BufferEncoding): string => Buffer.from(text, encoding).toString('latin1')
    const file = rawInterchange([
      [['814', bytes('N1*8R*Zoë 50%', 'utf8'), bytes('N1*8R*Zoë', 'latin1'), 'N1*8R*100%41']],
    ])
    const read = contentOf(readInterchanges(file))
    expect(read[0]?.groups[0]?.transactions[0]?.segments.map((segment) => segment[2])).toEqual([
      'Zoë 50%',
      'Zoë',
      '100%41',
    ])
    const cut = readInterchanges(file.slice(0, -5))
    expect(cut).toMatchObject({ ok: false, refusal: { offset: file.lastIndexOf('IEA') } })
  })

  test('the second reader finds the same segments', () => {
    const file = rawInterchange([[ACCEPT, SMALL]])
    const ours = contentOf(readInterchanges(file))[0]?.groups[0]?.transactions
    expect(secondReading(file).transactions).toEqual(
      ours?.map(({ set, control, segments }) => ({ set, control, segments })),
    )
  })
})

describe('A file is used whole or not at all', () => {
  const files = {
    'no line breaks': rawInterchange([[ACCEPT, ACCEPT], [SMALL]]),
    'CR and LF after the terminator': rawInterchange([[ACCEPT, ACCEPT], [SMALL]], { lineEnd: '\r\n' }),
    'LF as terminator': rawInterchange([[ACCEPT, ACCEPT], [SMALL]], { terminator: '\n' }),
    '~ as element separator': rawInterchange([[ACCEPT], [SMALL]], { element: '~', terminator: "'", lineEnd: '\n' }),
  }

  test.each(Object.entries(files))(
    'every proper prefix of its content is refused with a place in it: %s',
    (_, file) => {
      const content = file.endsWith('\r\n') || file.endsWith("'\n") ? file.trimEnd() : file
      expect(readInterchanges(content).ok).toBe(true)
      for (let length = 0; length < content.length; length += 1) {
        const read = readInterchanges(content.slice(0, length))
        if (read.ok) throw new Error(`the first ${length} of ${content.length} bytes were taken for the whole`)
        expect(read.refusal.offset).toBeLessThanOrEqual(length)
        expect(read.refusal.segment).toBeLessThanOrEqual(content.slice(0, length).split(content.charAt(105)).length)
        expect(read.refusal.code).toBe('EDI_TRUNCATED')
      }
    },
  )

  test('any file of generated transactions refuses every proper prefix', () => {
    const value = fc.stringMatching(/^[A-Z0-9 ]{0,6}$/)
    const segment = fc
      .tuple(fc.constantFrom('REF', 'N1', 'DTM', 'GSX', 'ST1', 'SEA'), fc.array(value, { maxLength: 4 }))
      .map(([name, values]) => [name, ...values].join('*'))
    const transaction = fc.array(segment, { maxLength: 4 }).map((segments): RawTransaction => ['814', ...segments])
    const groups = fc.array(fc.array(transaction, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(groups, fc.constantFrom('~', '\n', '\r', '\x1c'), fc.nat(), (generated, terminator, at) => {
        const file = rawInterchange(generated, { terminator })
        expect(readInterchanges(file).ok).toBe(true)
        expect(readInterchanges(file.slice(0, at % file.length)).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('no byte can be lost, doubled or changed in an envelope without notice', () => {
    const file = rawInterchange([[SMALL]])
    const envelope = [
      file.indexOf('GS*'),
      file.indexOf('ST*'),
      file.indexOf('SE*'),
      file.indexOf('GE*1*'),
      file.indexOf('IEA*'),
    ]
    for (const at of envelope) {
      const segment = file.slice(at, file.indexOf('~', at) + 1)
      expect(readInterchanges(file.replace(segment, '')).ok, `${segment} lost`).toBe(false)
      expect(readInterchanges(file.replace(segment, segment + segment)).ok, `${segment} doubled`).toBe(false)
    }
  })

  test('nothing but blanks and line breaks may stand after the last interchange', () => {
    const file = rawInterchange([[SMALL]])
    expect(readInterchanges(`${file}\r\n \t\n`).ok).toBe(true)
    expect(readInterchanges(`${file}\n\x1a`)).toMatchObject({
      ok: false,
      refusal: { segment: 9, offset: file.length + 1 },
    })
    expect(readInterchanges(`${file}SE*1*0001~`)).toMatchObject({
      ok: false,
      refusal: { code: 'EDI_NO_ISA', segment: 9, offset: file.length },
    })
  })

  test('an empty file and one of blanks only are refused', () => {
    expect(readInterchanges('')).toMatchObject({ ok: false, refusal: { code: 'EDI_TRUNCATED', segment: 1, offset: 0 } })
    expect(readInterchanges('\r\n ')).toMatchObject({
      ok: false,
      refusal: { code: 'EDI_TRUNCATED', segment: 1, offset: 3 },
    })
  })
})

describe('The first fault is named by segment and byte', () => {
  const ISA =
    'ISA*00*          *00*          *14*1234567890001  *01*006900001      *270105*0915*U*00401*000000917*0*T*>'
  const whole = [
    ISA,
    'GS*GE*1234567890001*006900001*20270105*0915*412*X*004010',
    'ST*814*0001',
    'BGN*13*A*20270105',
    'SE*3*0001',
    'GE*1*412',
    'IEA*1*000000917',
  ]

  /** The file with one segment replaced; the fault is looked for at that segment, or `shift` segments later. */
  function withFault(number: number, ...segments: string[]): string[] {
    return [...whole.slice(0, number - 1), ...segments, ...whole.slice(number)]
  }

  test('the file without a fault is whole', () => {
    expect(readInterchanges(rawFile(whole)).ok).toBe(true)
  })

  test.each<[string, string, number, string[]]>([
    ['SE01 too high', 'EDI_BAD_COUNT', 5, withFault(5, 'SE*4*0001')],
    ['SE01 too low', 'EDI_BAD_COUNT', 5, withFault(5, 'SE*2*0001')],
    ['SE01 not a number', 'EDI_BAD_COUNT', 5, withFault(5, 'SE*3.0*0001')],
    ['SE01 empty', 'EDI_BAD_COUNT', 5, withFault(5, 'SE**0001')],
    ['SE02 another number', 'EDI_BAD_CONTROL', 5, withFault(5, 'SE*3*0002')],
    ['SE02 written otherwise', 'EDI_BAD_CONTROL', 5, withFault(5, 'SE*3*1')],
    ['SE with a third element', 'EDI_BAD_CONTROL', 5, withFault(5, 'SE*3*0001*')],
    ['GE01', 'EDI_BAD_COUNT', 6, withFault(6, 'GE*2*412')],
    ['GE02', 'EDI_BAD_CONTROL', 6, withFault(6, 'GE*1*413')],
    ['IEA01', 'EDI_BAD_COUNT', 7, withFault(7, 'IEA*0*000000917')],
    ['IEA02', 'EDI_BAD_CONTROL', 7, withFault(7, 'IEA*1*000000918')],
    ['IEA02 without its zeros', 'EDI_BAD_CONTROL', 7, withFault(7, 'IEA*1*917')],
    ['a segment between GS and ST', 'EDI_MISPLACED_SEGMENT', 3, withFault(3, 'REF*12*1', 'ST*814*0001')],
    ['a segment between SE and GE', 'EDI_MISPLACED_SEGMENT', 6, withFault(5, 'SE*3*0001', 'REF*12*1')],
    [
      'a TA1 after the ISA',
      'EDI_MISPLACED_SEGMENT',
      2,
      withFault(2, 'TA1*000000077*270104*0000*A*000', whole[1] ?? ''),
    ],
    ['an ST inside a transaction', 'EDI_MISPLACED_SEGMENT', 4, withFault(4, 'ST*814*0002')],
    ['a GE inside a transaction', 'EDI_MISPLACED_SEGMENT', 4, withFault(4, 'GE*1*412')],
    ['an ISA inside a transaction', 'EDI_MISPLACED_SEGMENT', 4, withFault(4, ISA)],
    ['an empty group', 'EDI_BAD_ENVELOPE', 3, [ISA, whole[1] ?? '', 'GE*0*412', 'IEA*1*000000917']],
    ['ST02 twice in a group', 'EDI_DOUBLE_CONTROL', 6, withFault(6, 'ST*814*0001', 'SE*2*0001', 'GE*2*412')],
    [
      'GS06 twice in an interchange',
      'EDI_DOUBLE_CONTROL',
      7,
      [...whole.slice(0, 6), ...whole.slice(1, 6), 'IEA*2*000000917'],
    ],
    ['a GS cut short', 'EDI_BAD_ENVELOPE', 2, withFault(2, 'GS*GE*1234567890001*006900001*20270105*0915*412')],
    ['an ST without control number', 'EDI_BAD_ENVELOPE', 3, withFault(3, 'ST*814')],
    ['an empty segment', 'EDI_BAD_SEGMENT', 4, withFault(4, '', 'BGN*13*A*20270105')],
    ['a segment name in small letters', 'EDI_BAD_SEGMENT', 4, withFault(4, 'bgn*13*A*20270105')],
    ['a segment name of one letter', 'EDI_BAD_SEGMENT', 4, withFault(4, 'B*13')],
    ['a segment name of four letters', 'EDI_BAD_SEGMENT', 4, withFault(4, 'BGNX*13')],
    ['a blank before a segment', 'EDI_BAD_SEGMENT', 4, withFault(4, ' BGN*13')],
    ['a line break inside a segment', 'EDI_CONTROL_CHARACTER', 4, withFault(4, 'BGN*13\n*A*20270105')],
    ['a tab inside a segment', 'EDI_CONTROL_CHARACTER', 4, withFault(4, 'BGN*13*A\t*20270105')],
    ['a lost terminator', 'EDI_CONTROL_CHARACTER', 3, withFault(3, 'ST*814*0001\r\nBGN*13*A*20270105')],
    ['text before the first ISA', 'EDI_NO_ISA', 1, ['HELLO', ...whole]],
  ])('%s', (_, code, number, segments) => {
    const offset = segments.slice(0, number - 1).join('~').length + (number > 1 ? 1 : 0)
    const read = readInterchanges(rawFile(segments))
    expect(read).toMatchObject({ ok: false, refusal: { code, segment: number, offset } })
    if (!read.ok) expect(read.refusal.message).toContain(`Segment ${number} at byte ${offset}: `)
  })

  test('segments are counted and bytes measured through the whole file, line breaks included', () => {
    const good = rawFile(whole, { lineEnd: '\r\n' })
    const bad = rawFile(withFault(5, 'SE*9*0001'), { lineEnd: '\r\n' })
    const offset = good.length + bad.indexOf('SE*9')
    expect(readInterchanges(good + bad)).toMatchObject({ ok: false, refusal: { segment: 12, offset } })
  })

  test.each([
    ['one byte too few in ISA06', ISA.replace('1234567890001  ', '1234567890001 ')],
    ['one byte too many in ISA06', ISA.replace('1234567890001  ', '1234567890001   ')],
    ['one element too many', ISA.replace('  *01', '*1*01')],
    ['letters in ISA13', ISA.replace('000000917', '00000091X')],
    ['letters in ISA09', ISA.replace('270105', '27-105')],
    ['the component separator inside a value', ISA.replace('006900001      ', '006900001     >')],
    ['the component separator equal to the element separator', ISA.replace('*>', '**')],
    ['a letter as component separator', ISA.replace('*>', '*X')],
    ['a blank as element separator', ISA.replaceAll('*', ' ')],
    ['a letter as element separator', ISA.replaceAll('*', 'E')],
    ['a control character in a value', ISA.replace('006900001      ', '006900001     \x07')],
  ])('an ISA with %s', (_, isa) => {
    expect(readInterchanges(rawFile([isa, ...whole.slice(1)]))).toMatchObject({
      ok: false,
      refusal: { code: 'EDI_BAD_ISA', segment: 1, offset: 0 },
    })
  })

  test('a message never shows a value of the file', () => {
    const read = readInterchanges(rawFile(withFault(4, 'N1*8R*Jane Roe\t')))
    expect(read.ok ? '' : read.refusal.message).not.toContain('Jane')
  })
})

describe('A long file costs little', () => {
  test('a file that never ends its segment is refused at once', () => {
    const endless = rawInterchange([[SMALL]]).replace('AK9*A*1*1*1~', 'AK9*A'.padEnd(5_000_000, '*'))
    expect(readInterchanges(endless.slice(0, 4_000_000))).toMatchObject({
      ok: false,
      refusal: { code: 'EDI_TRUNCATED', segment: 5 },
    })
  })
})

/** The interchanges with their segments cut out. */
function contentOf(read: ReadOutcome) {
  if (!read.ok) throw new Error(read.refusal.message)
  return read.value.map(({ groups, ...header }) => ({
    ...header,
    groups: groups.map(({ control, transactions }) => ({
      control,
      transactions: transactions.map((transaction) => ({
        control: transaction.control,
        set: transaction.set,
        segments: transaction.segments(),
      })),
    })),
  }))
}
