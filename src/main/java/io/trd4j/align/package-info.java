/**
 * Where a part lies: parts are turned, shifted and slightly sheared onto a mean normal part, so that a place of the
 * part is the same pixel in every image. Positions can then be compared one by one.
 */
package io.trd4j.align;
