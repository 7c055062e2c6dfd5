/**
 * What backend authors implement: an atomic compare-and-swap of one small record.
 *
 * <p>A store takes part by implementing {@link dev.election.spi.ElectionBackend}; a
 * {@link dev.election.spi.ElectionBackendProvider} makes it known by a URI scheme. Applications do not need
 * this package.
 */
@NullMarked
package dev.election.spi;

import org.jspecify.annotations.NullMarked;
