/** Limits that both sides of making a thumbnail keep. */

/** Longest edge of a thumbnail in pixels. */
export const THUMBNAIL_EDGE = 320
/** Pixels of an image; decoded, four bytes each. */
export const LARGEST_PIXELS = 100_000_000
/** Exit status of the process for an image that it refuses (`EX_DATAERR`). */
export const REFUSED_EXIT = 65
