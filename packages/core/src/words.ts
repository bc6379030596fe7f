/** The words of a text: a table's list, written without a quote around each. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
