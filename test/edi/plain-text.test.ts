import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameInFile, plainText } from '../../edi/plain-text.js'

describe('X12 extended character set: what other letters become', () => {
  test.each([
    [
      'plain text stays as it is, case and signs too',
      'O\'Brien & Sons #4 [x] {y} \\ | <z> $5 @ 10% _ "q" ~*',
      'O\'Brien & Sons #4 [x] {y} \\ | <z> $5 @ 10% _ "q" ~*',
    ],
    ['accents fall away', 'Zoë Čapek Ñandú Ångström İnan', 'Zoe Capek Nandu Angstrom Inan'],
    ['accents written apart fall away', 'Zoe\u0308', 'Zoe'],
    ['Vietnamese marks fall away even two on a letter', 'Nguyễn Thị Phượng Đặng', 'Nguyen Thi Phuong Dang'],
    [
      'letters that do not decompose',
      'Straße GROẞ Ærø Œuvre Łódź Þór Ðuro ıŋħ',
      'Strasse GROSS AEro OEuvre Lodz Thor Duro ingh',
    ],
    ['quotes and dashes become straight', '‘a’ “b” «c» ‹d› e–f—g−h‐i ´j` …', "'a' \"b\" \"c\" 'd' e-f-g-h-i 'j' ..."],
    ['ligatures, wide letters, fractions and signs are spelled out', 'ﬁn ＡＢ１ ½ № ™', 'fin AB1 1/2 No TM'],
    ['Cyrillic', 'Щербакова Юлія Ђоковић Мягкий Объезд', 'Shcherbakova Yuliya Djokovic Myagkii Obezd'],
    ['Greek', 'Παπαδόπουλος Ψυχή', 'Papadopoylos Psychi'],
    ['spaces of any width become one blank each', 'a\u00a0b\u2009c\u3000d', 'a b c d'],
    ['invisible marks fall away', 'a\u200bb\u00adc\u202ed\ufeff', 'abcd'],
    ['what has no plain form becomes a question mark', '李 小龙 ^ € 한글 😀', '? ?? ? ? ?? ?'],
  ])('%s', (_, text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test('any text becomes printable ASCII once its control characters and line breaks are taken out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ''))).toMatch(/^[ -\]_a-~]*$/)
      }),
      { numRuns: 1000 },
    )
  })

  test('a control character or line break is kept, for the writer to refuse', () => {
    expect(plainText('é\n\t\x1c\u2028\x85')).toBe('e\n\t\x1c\u2028\x85')
  })
})

describe('a name of the list never keeps a file from going out', () => {
  test.each([
    ['Roe*Jane', 'Roe Jane'],
    ['ROE ~ SONS > CO', 'ROE SONS CO'],
    ['Roe＊Jane', 'Roe Jane'],
    ['Roe\nJane\u2028Jr', 'Roe Jane Jr'],
    ["  Zoë  O'Brien ", "Zoe O'Brien"],
    ['*~*', ''],
  ])('%j is written %j', (name, written) => {
    expect(nameInFile(name)).toBe(written)
  })
})
