/** Writes any text with the letters X12 has. */
import { OUR_SEPARATORS } from './separators.js'

/**
 * The text in the X12 extended character set: accents fall away, ligatures and quotes become plain, Greek and Cyrillic are
 * written with Latin letters, and what has no plain form becomes `?`. Invisible marks fall away. Control characters and
 * line breaks stay, for the writer to refuse. The result may hold a separator that the text did not (a wide asterisk).
 */
export function plainText(text: string): string {
  if (/^[ -~]*$/.test(text) && !/[`^]/.test(text)) return text
  const bare = text
    .replace(/[´`]/g, "'")
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .normalize('NFC')
  return bare.replace(/[^\p{Cc}\p{Zl}\p{Zp} -\]_a-~]/gu, (letter) => PLAIN.get(letter) ?? '?')
}

/**
 * A person's name as any file of ours can carry it: in plain letters, with one blank where separators of the file, control characters
 * or line breaks stood. A name is for people to read and the account is known by its number, so that no list's spelling of a name
 * may keep a file from going out. Empty when nothing is left.
 */
export function nameInFile(name: string): string {
  const separators = Object.values(OUR_SEPARATORS)
  return Array.from(plainText(name), (letter) => (separators.includes(letter) ? ' ' : letter))
    .join('')
    .replace(/[ \p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
}

const PLAIN = new Map<string, string>([
  ...pairs('‘’‚‛′‹›ʹʻʼʽˈ', "'"),
  ...pairs('“”„‟″«»', '"'),
  ...pairs('‐‑‒–—―−', '-'),
  ['⁄', '/'],
  ['·', '.'],
  ['•', '-'],
  ...table(
    'ß:ss ẞ:SS æ:ae Æ:AE œ:oe Œ:OE ø:o Ø:O đ:d Đ:D ð:d Ð:D þ:th Þ:Th ł:l Ł:L ı:i ħ:h Ħ:H ŧ:t Ŧ:T ŋ:ng Ŋ:Ng ĸ:k ə:e Ə:E ƒ:f ɓ:b Ɓ:B ɗ:d Ɗ:D ƙ:k Ƙ:K',
  ),
  ...bothCases(
    'а:a б:b в:v г:g ґ:g д:d е:e ж:zh з:z и:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya ' +
      'є:ye і:i ј:j љ:lj њ:nj ћ:c ђ:dj џ:dz',
  ),
  ...bothCases(
    'α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o',
  ),
])

function pairs(letters: string, plain: string): [string, string][] {
  return [...letters].map((letter) => [letter, plain])
}

function table(entries: string): [string, string][] {
  return entries.split(' ').map((entry) => entry.split(':') as [string, string])
}

/** `щ:shch` also gives `Щ:Shch`. */
function bothCases(entries: string): [string, string][] {
  return table(entries).flatMap(([letter, plain]): [string, string][] => [
    [letter, plain],
    [letter.toUpperCase(), plain.charAt(0).toUpperCase() + plain.slice(1)],
  ])
}
