export const exitCodes = /** @type {const} */ ({
  finished: 0,
  failed: 1,
  wrongArguments: 2,
  refused: 3,
  interrupted: 130,
})
