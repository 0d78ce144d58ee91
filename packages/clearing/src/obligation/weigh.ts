/** How large data is that another node sent, found out without reading more of it than is allowed. */

/** Depth of records and arrays. */
const maxDepth = 20;

/**
 * Whether data is small: its characters, values and keys together are not more than `limit`, it holds
 * no references, and it is not deep.
 */
export const isSmall = (value: unknown, limit: number): boolean => {
  let left = limit;
  const fits = (one: unknown, depth: number): boolean => {
    left -= 1;
    if (left < 0 || depth > maxDepth) return false;
    switch (typeof one) {
      case 'string':
        left -= one.length;
        return left >= 0;
      case 'bigint':
        // Two to the power of 4096 has 1234 digits: more than any figure here.
        left -= 8;
        return left >= 0 && one < 1n << 4096n && one > -(1n << 4096n);
      case 'number':
      case 'boolean':
      case 'undefined':
        return true;
      case 'object': {
        if (one === null) return true;
        if (Array.isArray(one)) return one.every((item) => fits(item, depth + 1));
        if (Object.getPrototypeOf(one) !== Object.prototype) return false;
        return Object.entries(one).every(([key, item]) => {
          left -= key.length;
          return fits(item, depth + 1);
        });
      }
    }
    return false;
  };
  return fits(value, 0);
};
