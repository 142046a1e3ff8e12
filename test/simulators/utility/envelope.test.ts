import { describe, expect, test } from 'vitest'
import { aUtility, answersOf, enrollment, segmentsOf, supplierFile, verdicts } from './supplier-file.js'

const at = '2027-01-25T14:00:00Z'
const replace = (from: string | RegExp, to: string) => ({ edit: (text: string) => text.replace(from, to) })

/** AK5 of each set and AK9 of the one group. */
function acknowledged(
  edit: { edit: (text: string) => string },
  requests = [enrollment(), enrollment({ account: '0000000006' })],
) {
  const utility = aUtility()
  utility.receive({ ...supplierFile(requests, edit), at })
  const [acknowledgment] = answersOf(utility, '997', '2027-01-25T14:20:00Z')
  const segments = acknowledgment === undefined ? [] : segmentsOf(acknowledgment)
  const [response] = answersOf(utility, '814')
  return {
    utility,
    sets: segments.filter(([name]) => name === 'AK5').map((segment) => segment.slice(1)),
    group: segments.find(([name]) => name === 'AK9')?.slice(1),
    answered: response === undefined ? 0 : segmentsOf(response).filter(([name]) => name === 'ST').length,
  }
}

describe('utility: faults it can acknowledge', () => {
  test.each([
    ['a wrong count of segments in the first set', replace('SE*14*0001', 'SE*13*0001'), [['R', '4'], ['A']]],
    ['another number in its trailer', replace('SE*14*0001', 'SE*14*0007'), [['R', '3'], ['A']]],
    ['a set without its trailer', replace('SE*14*0001~', ''), [['R', '2'], ['A']]],
    ['a number used twice', replace(/\*0002~/g, '*0001~'), [['A'], ['R', '23']]],
  ])('%s: that set is rejected, the other answered', (_case, edit, sets) => {
    expect(acknowledged(edit)).toMatchObject({ sets, group: ['P', '2', '2', '1'], answered: 1 })
  })

  test('a group of which no set is sound is rejected', () => {
    const both = { edit: (text: string) => text.replaceAll('SE*14*', 'SE*15*') }
    expect(acknowledged(both)).toMatchObject({
      sets: [
        ['R', '4'],
        ['R', '4'],
      ],
      group: ['R', '2', '2', '0'],
      answered: 0,
    })
  })

  test.each([
    ['a wrong count of sets', replace('GE*2*9', 'GE*3*9'), '5'],
    ['another group number in the trailer', replace('GE*2*9', 'GE*2*8'), '4'],
    ['sets other than 814', replace(/ST\*814/g, 'ST*850'), '1'],
    ['another functional id', replace('GS*GE*', 'GS*PO*'), '1'],
  ])('%s: the whole group is rejected and nothing of it done', (_case, edit, code) => {
    expect(acknowledged(edit)).toMatchObject({ sets: [['R'], ['R']], group: ['R', '2', '2', '0', code], answered: 0 })
  })

  test('an interchange number used before is rejected, though every request in it is new', () => {
    const utility = aUtility()
    utility.receive({ ...supplierFile([enrollment()], { control: 77 }), at })
    utility.receive({ ...supplierFile([enrollment({ account: '0000000006' })], { control: 77 }), at })
    const acknowledgments = answersOf(utility, '997', '2027-01-25T14:20:00Z').map(segmentsOf)
    expect(acknowledgments.map((segments) => segments.find(([name]) => name === 'AK9')?.[1])).toEqual(['A', 'R'])
    expect(answersOf(utility, '814')).toHaveLength(1)
  })

  test('the same number from another supplier is another interchange', () => {
    const utility = aUtility({ suppliers: ['006900001', '006900002'] })
    utility.receive({ ...supplierFile([enrollment()], { control: 77 }), at })
    utility.receive({
      ...supplierFile([enrollment({ account: '0000000006', supplier: '006900002' })], {
        control: 77,
        sender: '006900002',
      }),
      at,
    })
    expect(answersOf(utility, '997').map((answer) => segmentsOf(answer).find(([name]) => name === 'AK9')?.[1])).toEqual(
      ['A', 'A'],
    )
  })

  test('the same file under the same name is one file: it gives no second answer', () => {
    const utility = aUtility()
    const file = { ...supplierFile([enrollment()]), at }
    expect(utility.receive(file)).toHaveLength(2)
    expect(utility.receive(file)).toEqual([])
    expect(answersOf(utility, '997')).toHaveLength(1)
  })

  test('a functional acknowledgment is taken in silence', () => {
    const utility = aUtility()
    const file = supplierFile([enrollment()], replace('GS*GE*', 'GS*FA*'))
    expect(utility.receive({ ...file, at })).toEqual([])
    expect(utility.refusals()).toEqual([])
  })
})

describe('utility: files it refuses whole, without an answer', () => {
  test.each([
    ['nothing', { edit: () => '' }, /whole ISA/],
    ['half an ISA', { edit: (text: string) => text.slice(0, 60) }, /whole ISA/],
    ['something before the ISA', { edit: (text: string) => ` ${text}` }, /whole ISA/],
    ['an ISA of other widths', replace('006900001      *14', '006900001     *14*'), /fixed widths/],
    ['a cut in a segment', { edit: (text: string) => text.slice(0, 400) }, /not ended/],
    ['a cut behind a segment', { edit: (text: string) => text.slice(0, text.indexOf('GE*2')) }, /IEA/],
    ['a missing end of group', replace('GE*2*9~', ''), /frame of GS and GE/],
    ['a segment outside the group', replace('~GS*', '~XX*1~GS*'), /frame of GS and GE/],
    ['another number at the end', replace(/IEA\*1\*\d+/, 'IEA*1*000000001'), /IEA02/],
    ['a wrong count of groups', replace('IEA*1', 'IEA*2'), /IEA01/],
    ['two interchanges', { edit: (text: string) => text + text }, /more than one/],
    ['another receiver', { receiver: '9999999999999' }, /somebody else/],
  ])('%s', (_case, options, why) => {
    const utility = aUtility()
    const requests = [enrollment(), enrollment({ account: '0000000006' })]
    expect(utility.receive({ ...supplierFile(requests, options), at })).toEqual([])
    expect(utility.refusals()).toEqual([
      { at, what: expect.stringMatching(/^file \d{9}/), why: expect.stringMatching(why) },
    ])
    expect(utility.nextAt()).toBeNull()
  })

  test('every proper prefix of a good file is refused', () => {
    const { name, content } = supplierFile([enrollment(), enrollment({ account: '0000000006' })])
    for (let length = 0; length < content.length; length++) {
      const utility = aUtility()
      expect(utility.receive({ name, content: content.subarray(0, length), at })).toEqual([])
      expect(utility.refusals()).toHaveLength(1)
    }
  })
})

describe('utility: it reads the separators from the ISA', () => {
  test.each(['|:~', '~>\n', '*>!'])('%j', (separators) => {
    const utility = aUtility()
    const requests = [enrollment()]
    expect(utility.receive({ ...supplierFile(requests, { separators }), at })).toHaveLength(2)
    expect(verdicts(utility, [enrollment({ account: '0000000006' })])).toEqual(['WQ'])
  })

  test('newlines between segments are no content', () => {
    const utility = aUtility()
    const file = supplierFile([enrollment()], { edit: (text) => text.replaceAll('~', '~\r\n') })
    expect(utility.receive({ ...file, at })).toHaveLength(2)
    expect(utility.refusals()).toEqual([])
  })

  test('an echoed name with what the utility uses as separators makes no segment of its own', () => {
    const utility = aUtility()
    const segments = enrollment().map((segment) => segment.replace('Zoe Ramirez', 'Zoe#N1#8R#Ramirez'))
    utility.receive({ ...supplierFile([segments], { separators: '|:!', edit: (text) => text.replace(/#/g, '*') }), at })
    const [response] = answersOf(utility, '814')
    expect(segmentsOf(response as never).filter(([name, kind]) => name === 'N1' && kind === '8R')).toEqual([
      ['N1', '8R', 'Zoe N1 8R Ramirez'],
    ])
  })
})
