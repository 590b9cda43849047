/**
 * A text from elsewhere, without what a terminal would obey. Line breaks and tabs stay.
 *
 * @param {unknown} text
 */
export function printable(text) {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  return String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�")
}
