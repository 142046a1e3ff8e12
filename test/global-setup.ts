/** Builds dist/ once before any test: worker threads and the command run from it. */
export async function setup(): Promise<void> {
  const { ensureBuilt } = (await import('../scripts/build.mjs' as string)) as { ensureBuilt(): Promise<boolean> }
  await ensureBuilt()
}
