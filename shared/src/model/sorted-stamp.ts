/**
 * Stamps that sort as text in the order in which they were made: milliseconds, then a number within the millisecond, in base 36. Of one
 * maker each is greater than the one before, whatever its clock does; of two makers their clocks decide. 12 characters, until the year 5188.
 */

const countLimit = 36 ** 3;

export function createSortedStamp(): (now: number) => string {
  let last = 0;
  let count = -1;
  return (now) => {
    count = now > last ? 0 : count + 1;
    last = Math.max(last, now);
    if (count === countLimit) {
      last += 1;
      count = 0;
    }
    return `${last.toString(36).padStart(9, '0')}${count.toString(36).padStart(3, '0')}`;
  };
}
