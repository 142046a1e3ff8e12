import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatLetterCode, LETTER_CODES, letterCode, readLetterCode } from '../../domain/letter-code.js'

const anyCode = fc.maxSafeNat().map((number) => letterCode(number % LETTER_CODES))
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('letter code', () => {
  test('is read back as printed, in any case, with or without hyphens and spaces', () => {
    fc.assert(
      fc.property(anyCode, (code) => {
        for (const typed of [
          code,
          formatLetterCode(code),
          formatLetterCode(code).toLowerCase(),
          ` ${code.slice(0, 4)} ${code.slice(4)} `,
        ]) {
          expect(readLetterCode(typed)).toEqual({ ok: true, value: code })
        }
      }),
    )
  })

  test('takes the letters O, I and L for the digits they look like', () => {
    const code = letterCode(0)
    expect(code).toMatch(/^0{8}/)
    expect(readLetterCode(code.replaceAll('0', 'o'))).toEqual({ ok: true, value: code })
    const ones = letterCode(Number.parseInt('11111111', 32))
    expect(readLetterCode(ones.replace('1', 'I').replace('1', 'l'))).toEqual({ ok: true, value: ones })
  })

  test('refuses every single wrong character', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(8), fc.integer({ min: 1, max: 31 }), (code, place, step) => {
        const wrong = ALPHABET[(ALPHABET.indexOf(code.charAt(place)) + step) % 32]
        const read = readLetterCode(code.slice(0, place) + wrong + code.slice(place + 1))
        expect(read).toMatchObject({ ok: false, refusal: { code: 'LETTER_CODE_CHECK' } })
      }),
    )
  })

  test('refuses any two different characters exchanged', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(8), fc.nat(8), (code, a, b) => {
        fc.pre(code[a] !== code[b])
        const swapped = [...code]
        swapped[a] = code.charAt(b)
        swapped[b] = code.charAt(a)
        expect(readLetterCode(swapped.join('')).ok).toBe(false)
      }),
    )
  })

  test.each(['', '7K3', '7K3-M9Q-XWPZ', '7K3-M9Q-XW!', 'UUU-UUU-UUU'])(
    'refuses the shape of "%s" and says what a code looks like',
    (typed) => {
      expect(readLetterCode(typed)).toMatchObject({ ok: false, refusal: { code: 'LETTER_CODE_SHAPE' } })
    },
  )

  test('different numbers have different codes, and numbers out of range are a bug', () => {
    expect(new Set(Array.from({ length: 2000 }, (_, i) => letterCode(i))).size).toBe(2000)
    expect(letterCode(LETTER_CODES - 1)).toMatch(/^Z{8}/)
    for (const bad of [-1, 0.5, LETTER_CODES, Number.NaN]) expect(() => letterCode(bad)).toThrow()
  })
})
