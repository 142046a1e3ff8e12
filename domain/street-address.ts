/**
 * The two parts of a street address that the boundary needs: house number and street, written in one way.
 *
 * Only spelling is evened out (case, points, accents, `Street`/`St`, `North`/`N`); nothing is guessed. What cannot be read
 * for certain comes back as null, and a person looks at it.
 */

export interface StreetAddress {
  /** One house number; both ends of a hyphenated one (`101-103`). Halves and letters (`12 1/2`, `12A`) count as the number itself. */
  readonly numbers: readonly number[]
  /** As `streetKey` writes it. */
  readonly street: string
  /** The same without a unit written behind the street (`Apt 4`, `# 2`); equal to `street` when there is none. */
  readonly streetWithoutUnit: string
}

/** Number with a letter (`12A`, `12-A`) or a second number (`12-34`), perhaps a fraction, then the street. */
const NUMBERED = /^(\d{1,9})(?:-?[A-Z]|-(\d{1,9}))?(?:[ -]\d\/\d)? (.+)$/

/** @returns null when the text does not begin with a house number above zero (a post box, a crossing, a lot without a number). */
export function readStreetAddress(text: string): StreetAddress | null {
  const match = NUMBERED.exec(evenOut(text))
  if (!match) return null
  const numbers = [match[1], match[2]].filter((part) => part !== undefined).map(Number)
  if (numbers.includes(0)) return null
  const words = canonicalWords(match[3] as string)
  return { numbers, street: joinWords(words), streetWithoutUnit: joinWords(cutUnit(words)) }
}

/** One spelling per street: two streets are the same exactly when their keys are equal. Empty when nothing is left to compare. */
export function streetKey(street: string): string {
  return joinWords(canonicalWords(evenOut(street)))
}

function evenOut(text: string): string {
  return (
    text
      // a fraction sign directly behind the number would be read as further digits once it is written out
      .replace(/[¼-¾⅐-⅞]/g, ' ')
      .normalize('NFKD')
      .replace(/[\p{M}.'’`]/gu, '')
      .replace(/[,;\s]+/g, ' ')
      .replace(/#/g, ' # ')
      .replace(/(\d) ?[-–] ?(?=\d)/g, '$1-')
      .toUpperCase()
      .replace(/ +/g, ' ')
      .trim()
  )
}

function canonicalWords(street: string): string[] {
  const words = street.split(/[ -]+/).filter((word) => word !== '')
  return words.map((word) => SPELLINGS.get(word) ?? word)
}

function joinWords(words: readonly string[]): string {
  return words.join(' ').replace(/\b(?:COUNTY|CO) RD\b/g, 'CR')
}

function cutUnit(words: readonly string[]): readonly string[] {
  const unit = words.findIndex((word, index) => index > 0 && UNIT_WORDS.has(word))
  return unit === -1 ? words : words.slice(0, unit)
}

// biome-ignore format: one list of words
const UNIT_WORDS: ReadonlySet<string> = new Set(
  '# APT APARTMENT UNIT STE SUITE LOT RM ROOM FL FLOOR BLDG BUILDING TRLR TRAILER SPC SPACE UPPR UPPER LOWR LOWER REAR FRNT FRONT BSMT BASEMENT'.split(' '),
)

/** Short form: the long forms of it. Directions, kinds of street, the first ordinals. */
// biome-ignore format: a table, several words a line
const SHORT_FORMS: Readonly<Record<string, string>> = {
  N: 'NORTH', S: 'SOUTH', E: 'EAST', W: 'WEST', NE: 'NORTHEAST', NW: 'NORTHWEST', SE: 'SOUTHEAST', SW: 'SOUTHWEST',
  ALY: 'ALLEY', AVE: 'AVENUE AV AVEN', BLVD: 'BOULEVARD BOUL', BND: 'BEND', CIR: 'CIRCLE CIRC', CMN: 'COMMON',
  CRES: 'CRESCENT CRESENT', CRK: 'CREEK', CT: 'COURT CRT', CV: 'COVE', DR: 'DRIVE DRV', EXPY: 'EXPRESSWAY',
  EST: 'ESTATE', GDNS: 'GARDENS', GLN: 'GLEN', GRV: 'GROVE', HL: 'HILL', HLS: 'HILLS', HTS: 'HEIGHTS HGTS',
  HWY: 'HIGHWAY HIWAY', JCT: 'JUNCTION', LK: 'LAKE', LKS: 'LAKES', LN: 'LANE', LNDG: 'LANDING', MDWS: 'MEADOWS', MNR: 'MANOR',
  PKWY: 'PARKWAY PKY PKWAY', PL: 'PLACE', PLZ: 'PLAZA', PT: 'POINT', RD: 'ROAD', RDG: 'RIDGE', RTE: 'ROUTE RT', SPG: 'SPRING',
  SPGS: 'SPRINGS', SQ: 'SQUARE', ST: 'STREET STR STRT SAINT', TER: 'TERRACE TERR', TPKE: 'TURNPIKE', TRCE: 'TRACE',
  TRL: 'TRAIL TR', TWP: 'TOWNSHIP', VLG: 'VILLAGE', VW: 'VIEW', WAY: 'WY', XING: 'CROSSING',
  '1ST': 'FIRST', '2ND': 'SECOND', '3RD': 'THIRD', '4TH': 'FOURTH', '5TH': 'FIFTH', '6TH': 'SIXTH', '7TH': 'SEVENTH',
  '8TH': 'EIGHTH', '9TH': 'NINTH', '10TH': 'TENTH',
}

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORT_FORMS).flatMap(([short, long]) =>
    long.split(' ').map((word): [string, string] => [word, short]),
  ),
)
