/**
 * How one release of the workers follows another while runs wait for months.
 *
 * A changed command stands behind `patched(name)`. The release that brings it knows both ways and still takes the old one; only the
 * next release names it below, and runs take the new way from then on. So a release understands every history that the next one
 * writes, and workers may go back by one release at any moment, in the middle of a window (docs/adr/0011-releases.md).
 */
import { createHash } from 'node:crypto'
import type { WorkerDeploymentVersion } from '@temporalio/common'

/** Names of changes that the release before this one knows already. */
export const TAKEN_PATCHES: ReadonlySet<string> = new Set()

const DEPLOYMENT = 'meterhall'
/** Enough of a hash to tell any two releases apart. */
const HASH_LETTERS = 12

/** Written by the server beside every step of a run that a worker took: which release it was. */
export function releaseOf(
  bundle: { readonly code: string },
  takenPatches: ReadonlySet<string> = TAKEN_PATCHES,
): WorkerDeploymentVersion {
  const hash = createHash('sha256').update(bundle.code)
  for (const name of [...takenPatches].sort()) hash.update(`\0${name}`)
  return { deploymentName: DEPLOYMENT, buildId: hash.digest('hex').slice(0, HASH_LETTERS) }
}
