/** What recovery does besides its sweeps, when its time has come. */
export interface Chore {
  /**
   * Does what is due; does nothing when it is too early. Until it wants to be asked again, in milliseconds. Never rejects.
   *
   * @param sweepInMs when the next sweep comes, if nothing else happens
   */
  run(sweepInMs: number): Promise<number>
}
