/** The compatibility kit: what backends and elections on them promise, as tests that run against any backend. */
@NullMarked
package dev.election.tck;

import org.jspecify.annotations.NullMarked;
